#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <charconv>
#include <memory>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/observe/http_session.hpp>
#include <set>
#include <string>
#include <vector>

#include "../property.hpp"
#include "targets.hpp"

namespace mqcoap::fuzz {
namespace {

constexpr std::string_view page_text = "all is well\n";
constexpr std::size_t longest_input = 16384;  // fits into the buffers of a socket

/// Sends the bytes to a session over a pair of sockets, and returns all that it answers before it closes.
std::string served(std::string_view bytes, const observe::http_pages& pages) {
  static const observe::http_limits limits{.header = 1024};
  static const auto hosts = std::make_shared<const observe::http_hosts>(
      observe::http_options{"127.0.0.1", 0, {"metrics.lab.example"}}, "here");
  int ends[2];
  HOLDS(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  HOLDS(::write(ends[0], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  ::shutdown(ends[0], SHUT_WR);

  boost::asio::io_context loop;
  observe::http_session session(boost::asio::ip::tcp::socket(loop, boost::asio::ip::tcp::v4(), ends[1]),
                                pages, limits, hosts);
  std::string answered;
  bool done = false;
  boost::asio::co_spawn(loop, session.run(), [&done](const std::exception_ptr& thrown) {
    HOLDS(!thrown);
    done = true;
  });
  const auto take = [&] {
    char part[4096];
    for (ssize_t n = 0; (n = ::recv(ends[0], part, sizeof part, MSG_DONTWAIT)) > 0;)
      answered.append(part, static_cast<std::size_t>(n));
  };
  while (!done && loop.run_one() > 0) take();
  take();
  ::close(ends[0]);
  HOLDS(done);
  return answered;
}

/// Removes a line and returns it without its end.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find("\r\n");
  HOLDS(end != std::string_view::npos);
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 2);
  return line;
}

/// Removes one response, which must be complete and contain only what pages and refusals contain.
/// Returns its status.
unsigned take_response(std::string_view& text) {
  static const std::set<unsigned> statuses{200, 400, 404, 405, 421, 431};
  auto line = take_line(text);
  HOLDS(line.starts_with("HTTP/1.1 "));
  unsigned status = 0;
  std::from_chars(line.data() + 9, line.data() + line.size(), status);
  HOLDS(statuses.contains(status));
  std::size_t length = 0;
  bool has_length = false;
  while (!(line = take_line(text)).empty()) {
    HOLDS(is_safe(line));
    constexpr std::string_view name = "Content-Length: ";
    if (!line.starts_with(name)) continue;
    HOLDS(!has_length);
    has_length = true;
    std::from_chars(line.data() + name.size(), line.data() + line.size(), length);
  }
  HOLDS(has_length);
  // The answer to HEAD has no body, and no body begins like a response.
  if (text.empty() || text.starts_with("HTTP/1.1 ")) return status;
  HOLDS(text.size() >= length);
  const auto body = text.substr(0, length);
  HOLDS(is_safe(body, line_ends::kept) && body.ends_with('\n'));
  if (status == 200) HOLDS(body == page_text);
  text.remove_prefix(length);
  return status;
}

void check_session(std::string_view bytes) {
  std::size_t pages_given = 0;
  const observe::http_pages pages = [&](std::string_view path) -> std::optional<observe::http_page> {
    HOLDS(path.starts_with('/'));
    HOLDS(path.find('?') == std::string_view::npos);
    if (path != "/metrics") return std::nullopt;
    ++pages_given;
    return observe::http_page{200, "text/plain; charset=utf-8", std::string(page_text)};
  };
  const auto answered = served(bytes, pages);
  std::size_t good = 0;
  for (std::string_view rest = answered; !rest.empty();) good += take_response(rest) == 200;
  HOLDS(good == pages_given);
}

/// Checks that names are compared case-insensitively and with any port.
void check_host_names(std::string_view name) {
  using enum observe::http_hosts::verdict;
  for (const char* address : {"127.0.0.1", "0.0.0.0"}) {
    const observe::http_hosts hosts({address, 0, {"metrics.lab.example"}}, "here");
    std::string lower(name);
    std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
    const auto verdict = hosts.judge(name);
    HOLDS(hosts.judge(lower) == verdict);
    if (verdict == malformed || name.find(':') != std::string_view::npos) continue;
    HOLDS(hosts.judge(lower + ":8720") == verdict);
  }
}

}  // namespace

/// Runs what a peer sends over one connection; the first line is also used as the name of a host.
void run_http(std::string_view bytes) {
  bytes = bytes.substr(0, longest_input);
  check_session(bytes);
  check_host_names(bytes.substr(0, std::min(bytes.find('\n'), std::size_t{100})));
}

}  // namespace mqcoap::fuzz
