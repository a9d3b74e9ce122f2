#include "broker_url.hpp"

#include <charconv>
#include <mqcoap/protocol/ascii.hpp>

namespace mqcoap::cli {
namespace {

constexpr char form[] = "expected mqtt://[USER[:PASSWORD]@]HOST[:PORT] or mqtts://...";

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned char byte = 0;
    const auto digits = text.substr(i + 1, 2);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() != 2 || read.ec != std::errc{} || read.ptr != digits.data() + 2 || byte == 0)
      return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

/// USER[:PASSWORD]. @return what is wrong
std::optional<std::string> read_user(std::string_view text, broker_url& url) {
  const auto colon = text.find(':');
  auto name = percent_decoded(text.substr(0, colon));
  if (!name || name->empty()) return "the user's name before '@' is empty or has a '%' without two digits";
  url.username = *std::move(name);
  if (colon == std::string_view::npos) return std::nullopt;
  auto password = percent_decoded(text.substr(colon + 1));
  if (!password)
    return "the password before '@' has a '%' that is not followed by two hexadecimal digits: write %25";
  url.password = secret(*std::move(password));
  return std::nullopt;
}

/// Cuts the host off; an IPv6 address stands in brackets.
std::optional<std::string> take_host(std::string_view& rest) {
  std::string_view host;
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    if (host.find_first_not_of("0123456789abcdefABCDEF:.%") != std::string_view::npos) return std::nullopt;
  } else {
    host = rest.substr(0, rest.find(':'));
    rest.remove_prefix(host.size());
    for (const char c : host)
      if (!is_name_char(c)) return std::nullopt;
  }
  if (host.empty() || host.size() > 253) return std::nullopt;
  return std::string(host);
}

}  // namespace

result<broker_url, url_fault> parse_broker_url(std::string_view text) {
  broker_url url;
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return url_fault{"no scheme: " + std::string(form)};
  const auto scheme = text.substr(0, scheme_end);
  if (scheme != "mqtt" && scheme != "mqtts")
    return url_fault{"the scheme '" + std::string(scheme) + "' is not known: " + form};
  url.tls = scheme == "mqtts";
  std::string_view rest = text.substr(scheme_end + 3);
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    if (auto fault = read_user(rest.substr(0, at), url)) return url_fault{*std::move(fault)};
    rest.remove_prefix(at + 1);
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find('/') != std::string_view::npos)
    return url_fault{
        std::string("nothing stands after the port: the address of a resource goes behind the verb")};
  auto host = take_host(rest);
  if (!host) return url_fault{"no host, or one with characters that no host has: " + std::string(form)};
  url.host = *std::move(host);
  if (rest.empty()) return url;
  std::uint16_t port = 0;
  rest.remove_prefix(1);
  const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), port);
  if (read.ec != std::errc{} || read.ptr != rest.data() + rest.size() || port == 0)
    return url_fault{"the port is no number from 1 to 65535: " + std::string(form)};
  url.port = port;
  return url;
}

}  // namespace mqcoap::cli
