#include "start_check.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
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
  if (const auto& http = configuration.http)
    if (const auto ec = try_address(http->address))
      add(warning, "http.listen: no metrics are served while " + http->address +
                       " cannot be listened on: " + ec.message());
  return found;
}

}  // namespace mqcoap
