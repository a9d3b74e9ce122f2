#include <mqcoap/net/host_port.hpp>

#include <algorithm>
#include <charconv>
#include <mqcoap/base/ascii.hpp>

namespace mqcoap {
namespace {

/// The longest host name, without the final dot (RFC 1035 section 2.3.4).
constexpr std::size_t longest_host = 253;

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= longest_host && std::all_of(text.begin(), text.end(), is_name_char);
}

bool is_ipv6(std::string_view text) {
  const auto zone = text.find('%');
  const auto address = text.substr(0, zone);
  return address.find(':') != std::string_view::npos &&
         std::all_of(address.begin(), address.end(),
                     [](char c) { return is_hex_digit(c) || c == ':' || c == '.'; }) &&
         (zone == std::string_view::npos || is_host(text.substr(zone + 1)));
}

}  // namespace

result<host_port, host_port_fault> parse_host_port(std::string_view text) {
  host_port read;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return host_port_fault::host;
    read.host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (!is_ipv6(read.host)) return host_port_fault::host;
  } else {
    read.host = text.substr(0, text.find(':'));
    text.remove_prefix(read.host.size());
    if (!is_host(read.host)) return host_port_fault::host;
  }
  if (text.empty()) return read;
  std::uint16_t port = 0;
  const auto* const end = text.data() + text.size();
  const auto [ptr, ec] = std::from_chars(text.data() + 1, end, port);
  if (text.front() != ':' || ec != std::errc{} || ptr != end || port == 0) return host_port_fault::port;
  read.port = port;
  return read;
}

}  // namespace mqcoap
