#include <mqcoap/resource/http/http_url.hpp>

#include <algorithm>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/net/host_port.hpp>
#include <mqcoap/protocol/resource_path.hpp>
#include <utility>

namespace mqcoap {
namespace {

constexpr std::string_view http_scheme = "http://";
constexpr std::size_t longest_http_path = 4096;

/// Returns true for an unreserved character (RFC 3986 section 2.3).
bool is_unreserved(char c) { return is_name_char(c) || c == '~'; }

/// Returns true for a character that needs no encoding in a path or a query (RFC 3986, `pchar`, `/` and `?`).
bool is_url_char(char c) {
  return is_unreserved(c) || std::string_view("!$&'()*+,;=:@/?").find(c) != std::string_view::npos;
}

bool is_dots(std::string_view segment) { return segment == "." || segment == ".."; }

/// Returns true if every `%` is followed by two hexadecimal digits, and no other character needs encoding.
bool is_encoded(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      if (!is_url_char(text[i])) return false;
      continue;
    }
    if (i + 2 >= text.size() || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2])) return false;
    i += 2;
  }
  return true;
}

int hex_value(char c) { return is_digit(c) ? c - '0' : to_lower(c) - 'a' + 10; }

/// Decodes percent-encoded text. Precondition: `is_encoded`.
std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    decoded += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
    i += 2;
  }
  return decoded;
}

void append_encoded(std::string& to, std::string_view segment) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : segment) {
    if (is_unreserved(c)) {
      to += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    to.append(1, '%').append(1, digits[byte >> 4u]).append(1, digits[byte & 15u]);
  }
}

std::string in_brackets(std::string_view host) {
  const bool has_colon = host.find(':') != std::string_view::npos;
  return has_colon ? '[' + std::string(host) + ']' : std::string(host);
}

result<http_url, http_url_fault> parse_place(std::string_view text) {
  http_url read;
  const auto end = std::min(text.find_first_of("/?#"), text.size());
  const auto server = text.substr(0, end);
  if (server.find('@') != std::string_view::npos)
    return http_url_fault{"it contains a user or a password", "headers: {Authorization: {credential: NAME}}"};
  auto host = parse_host_port(server);
  if (!host && host.error() == host_port_fault::host)
    return http_url_fault{"the host must be a name or an address (IPv6 in brackets)"};
  if (!host) return http_url_fault{"the port must be a number from 1 to 65535"};
  read.host = std::move(host->host);
  std::transform(read.host.begin(), read.host.end(), read.host.begin(), to_lower);
  if (host->port) read.port = *host->port;
  text.remove_prefix(end);
  if (text.find('#') != std::string_view::npos)
    return http_url_fault{"the part after '#' is never sent to a server; remove it"};
  const auto query = std::min(text.find('?'), text.size());
  if (query > 0) read.path = text.substr(0, query);
  read.query = text.substr(query);
  if (!is_encoded(read.path) || !is_encoded(read.query))
    return http_url_fault{"a character in it has to be percent-encoded, as in %20"};
  const auto segments = split_segments(std::string_view(read.path).substr(1));
  if (std::any_of(segments.begin(), segments.end(), [](auto each) { return is_dots(percent_decoded(each)); }))
    return http_url_fault{"a segment of its path is '.' or '..'"};
  return read;
}

/// Removes the server from the front of a reference whose scheme was removed. Returns false if it is not the
/// server of `at`.
bool take_server(std::string_view& reference, const http_url& at) {
  reference.remove_prefix(2);
  const auto end = std::min(reference.find_first_of("/?"), reference.size());
  const auto server = parse_host_port(reference.substr(0, end));
  reference.remove_prefix(end);
  return server && ascii_iequal(server->host, at.host) && server->port.value_or(80) == at.port;
}

/// Returns the path without `.` and `..` segments (RFC 3986, section 5.2.4) and without a slash at its end.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const auto each : split_segments(path.substr(1))) {
    if (each == ".") continue;
    if (each != "..")
      kept.push_back(each);
    else if (!kept.empty())
      kept.pop_back();
  }
  std::string joined;
  for (const auto each : kept) joined.append("/").append(each);
  return joined;
}

/// Resolves a reference against the target of the request that it answers (RFC 3986, section 5.2). Returns
/// the path on this server, without a slash at its end; nothing if it leads elsewhere or has a query.
std::optional<std::string> path_on_server(std::string_view reference, const http_url& at,
                                          std::string_view target) {
  reference = reference.substr(0, reference.find('#'));
  const auto scheme = reference.substr(0, reference.find_first_of(":/?"));
  const bool has_scheme = reference.substr(scheme.size(), 1) == ":";
  if (has_scheme && !ascii_iequal(scheme, "http")) return std::nullopt;
  if (has_scheme) reference.remove_prefix(scheme.size() + 1);
  const bool has_server = reference.starts_with("//");
  if (has_server ? !take_server(reference, at) : has_scheme) return std::nullopt;
  if (reference.find('?') != std::string_view::npos) return std::nullopt;
  if (has_server || reference.starts_with('/')) return without_dots(reference.empty() ? "/" : reference);
  const auto path = target.substr(0, target.find('?'));
  if (reference.empty()) return without_dots(path);
  return without_dots(std::string(path.substr(0, path.rfind('/') + 1)).append(reference));
}

}  // namespace

result<http_url, http_url_fault> parse_http_url(std::string_view text) {
  if (text.starts_with("https://"))
    return http_url_fault{"the gateway does not speak https to a server",
                          "http:// to a proxy on this machine that does, such as stunnel, nginx or Caddy"};
  if (!text.starts_with(http_scheme)) return http_url_fault{"it does not begin with http://"};
  if (text.size() > longest_http_path) return http_url_fault{"it is longer than 4096 bytes"};
  return parse_place(text.substr(http_scheme.size()));
}

std::string origin_of(const http_url& at) {
  return std::string(http_scheme) + in_brackets(at.host) + ':' + std::to_string(at.port);
}

std::string host_field_of(const http_url& at) {
  const auto host = in_brackets(std::string_view(at.host).substr(0, at.host.find('%')));
  return at.port == 80 ? host : host + ':' + std::to_string(at.port);
}

std::vector<std::string_view> split_segments(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return segments;
}

std::optional<std::string> target_below(const http_url& at, const std::vector<std::string_view>& segments) {
  std::string target = at.path;
  if (!segments.empty() && target.ends_with('/')) target.pop_back();
  for (const auto segment : segments) {
    if (segment.empty() || is_dots(segment)) return std::nullopt;
    append_encoded(target += '/', segment);
  }
  return target + at.query;
}

std::string path_of_location(std::string_view location, const http_url& at, std::string_view target,
                             std::string_view prefix) {
  if (location.empty()) return {};
  const auto resolved = path_on_server(location, at, target);
  std::string_view base = at.path;
  if (base.ends_with('/')) base.remove_suffix(1);
  if (!resolved || !resolved->starts_with(base) || !is_encoded(*resolved)) return {};
  const auto path = std::string_view(*resolved).substr(base.size());
  if (path.size() < 2 || path.front() != '/') return {};
  std::string found(prefix);
  for (const auto each : split_segments(path.substr(1))) {
    const auto segment = percent_decoded(each);
    if (segment.find('/') != std::string::npos) return {};
    found.append(found.empty() ? "" : "/").append(segment);
  }
  // Rejects bytes that are not UTF-8, which would make the answer unreadable for its receiver.
  return resource_path::parse(found) && safe_text(found) == found ? found : std::string();
}

}  // namespace mqcoap
