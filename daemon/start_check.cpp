#include "start_check.hpp"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "log_output.hpp"

namespace mqcoap {
namespace {

using boost::asio::ip::tcp;

/// Binds to any free port, because a running gateway may use the configured one.
boost::system::error_code try_address(const std::string& address) {
  boost::asio::io_context loop;
  tcp::acceptor acceptor(loop);
  boost::system::error_code ec;
  const tcp::endpoint any_port(boost::asio::ip::make_address(address), 0);
  acceptor.open(any_port.protocol(), ec);
  if (!ec) acceptor.bind(any_port, ec);
  return ec;
}

/// Reports a directory for state that does not exist, and warns of one that this user may not look up or
/// write to: the check may run as another user than the gateway.
template <class Add>
void check_directory(const std::string& directory, const Add& add) {
  std::error_code ec;
  if (!std::filesystem::is_directory(directory, ec))
    return add(
        ec == std::errc::permission_denied ? diagnostic::severity::warning : diagnostic::severity::error,
        "the directory for state cannot be used: " + directory + ": " +
            (ec ? ec.message() : std::generic_category().message(ENOTDIR)));
  if (::access(directory.c_str(), W_OK | X_OK) != 0)
    add(diagnostic::severity::warning, "the directory for state cannot be written by this user: " +
                                           directory + ": " + std::generic_category().message(errno));
}

}  // namespace

std::vector<diagnostic> check_start(const config::settings& configuration, const std::string& file) {
  using enum diagnostic::severity;
  std::vector<diagnostic> found;
  const auto add = [&](diagnostic::severity level, std::string message) {
    diagnostic d;
    d.level = level;
    d.file = file;
    d.message = std::move(message);
    found.push_back(std::move(d));
  };
  try {
    log_output::check(configuration.logging);
  } catch (const log_fault& e) {
    add(error, e.what());
  }
  if (configuration.state.is_needed && !configuration.state.has_database() &&
      store::directory_of(configuration.state).empty())
    add(warning,
        "resources with `persist: true` need a directory: the unit names it by $STATE_DIRECTORY, and here it "
        "is not "
        "set; without the unit, name it by `state: {dir: ...}`");
  else if (configuration.state.is_needed && !configuration.state.has_database())
    check_directory(store::directory_of(configuration.state), add);
  if (const auto& http = configuration.http)
    if (const auto ec = try_address(http->address))
      add(warning, "http.listen: no metrics are served while " + http->address +
                       " cannot be listened on: " + ec.message());
  return found;
}

}  // namespace mqcoap
