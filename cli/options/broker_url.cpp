#include "options/broker_url.hpp"

#include <charconv>
#include <mqcoap/net/host_port.hpp>
#include <utility>

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

/// Returns a text in which every character that could mean something else in a URL is percent-encoded.
std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kept = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (kept.find(c) != std::string_view::npos)
      out += c;
    else
      out.append(1, '%').append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
  }
  return out;
}

/// Parses USER[:PASSWORD]. @return what is wrong
std::optional<std::string> read_user(std::string_view text, broker_url& url) {
  const auto colon = text.find(':');
  auto name = percent_decoded(text.substr(0, colon));
  if (!name || name->empty()) return "the user name before '@' is empty or has a '%' without two digits";
  url.username = *std::move(name);
  if (colon == std::string_view::npos) return std::nullopt;
  auto password = percent_decoded(text.substr(colon + 1));
  if (!password)
    return "the password before '@' has a '%' that is not followed by two hexadecimal digits: write %25";
  url.password = secret(*std::move(password));
  return std::nullopt;
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
        std::string("nothing may follow the port: the address of a resource comes after the verb")};
  auto at = parse_host_port(rest);
  if (!at)
    return url_fault{(at.error() == host_port_fault::host ? "the host is missing or has invalid characters: "
                                                          : "the port is not a number from 1 to 65535: ") +
                     std::string(form)};
  url.host = std::move(at->host);
  url.port = at->port;
  return url;
}

std::string url_text(const broker_url& url) {
  const bool is_v6 = url.host.find(':') != std::string::npos;
  return std::string(url.tls ? "mqtts://" : "mqtt://") +
         (url.username ? percent_encoded(*url.username) + '@' : std::string()) +
         (is_v6 ? '[' + url.host + ']' : url.host) + (url.port ? ':' + std::to_string(*url.port) : "");
}

}  // namespace mqcoap::cli
