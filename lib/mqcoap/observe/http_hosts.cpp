#include <mqcoap/observe/http_hosts.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <mqcoap/base/ascii.hpp>
#include <optional>

namespace mqcoap::observe {
namespace {

namespace ip = boost::asio::ip;

std::string in_lower_case(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
  if (lower.ends_with('.')) lower.pop_back();
  return lower;
}

/// Removes a port from the end. Returns false if the text after the last colon is not a port.
bool drop_port(std::string_view& host) {
  const auto colon = host.rfind(':');
  if (colon == std::string_view::npos || host.ends_with(']')) return true;
  const auto port = host.substr(colon + 1);
  host = host.substr(0, colon);
  return port.size() <= 5 && std::all_of(port.begin(), port.end(), is_digit);
}

/// The characters of a name besides letters and digits (RFC 3986, section 3.2.2).
bool is_host_char(char c) {
  return is_name_char(c) || std::string_view("~%!$&'()*+,;=").find(c) != std::string_view::npos;
}

bool is_loopback(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, address.to_v6()).is_loopback();
  return address.is_loopback();
}

}  // namespace

http_hosts::http_hosts(const http_options& where, std::string_view own_name)
    : on_loopback_(is_loopback(ip::make_address(where.address))), names_{"localhost"} {
  for (const auto& name : where.hosts) names_.insert(in_lower_case(name));
  if (!on_loopback_ && !own_name.empty()) names_.insert(in_lower_case(own_name));
}

http_hosts::verdict http_hosts::judge(std::string_view host) const {
  if (!drop_port(host) || host.empty()) return verdict::malformed;
  const bool bracketed = host.starts_with('[');
  boost::system::error_code is_name;
  std::optional<ip::address> address;
  if (bracketed) {
    if (!host.ends_with(']')) return verdict::malformed;
    address = ip::make_address_v6(host.substr(1, host.size() - 2), is_name);
    if (is_name) return verdict::malformed;
  } else {
    if (!std::all_of(host.begin(), host.end(), is_host_char)) return verdict::malformed;
    const auto v4 = ip::make_address_v4(host, is_name);
    if (!is_name) address = v4;
  }
  if (address) return !on_loopback_ || is_loopback(*address) ? verdict::known : verdict::unknown;
  return names_.contains(in_lower_case(host)) ? verdict::known : verdict::unknown;
}

std::string http_hosts::name_of_this_machine() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace mqcoap::observe
