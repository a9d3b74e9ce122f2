#include <algorithm>
#include <array>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/resource/backend/reading_keys.hpp>
#include <mqcoap/resource/common_keys.hpp>
#include <mqcoap/resource/http/http.hpp>
#include <utility>

namespace mqcoap {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t largest_http_answer = std::size_t{16} << 20;
constexpr char http_url_expected[] = "a URL like http://HOST:8080/PATH";

struct http_keys_within {
  std::optional<located<http_url>> url;
  std::vector<http_field> fields;
  bool sends_text = false;
  std::chrono::milliseconds timeout{};
  std::chrono::milliseconds idle{};
  std::optional<std::size_t> max;
  std::int64_t connections = 0;
  std::int64_t queue = 0;
};

struct http_keys : backend_keys {
  located<http_keys_within> http;
  std::optional<located<method_set>> methods;
};

value_type<http_url> http_address() {
  return refine(text(http_url_expected), http_url_expected, string_schema("^http://."),
                [](const std::string& text, const node& n, read_context& ctx) -> std::optional<http_url> {
                  auto read = parse_http_url(text);
                  if (read) return *std::move(read);
                  const auto& [why, hint] = read.error();
                  ctx.faults.error(n, "this URL cannot be used: " + why, hint);
                  return std::nullopt;
                });
}

/// Returns true for a field that the gateway sets according to the request and the connection.
bool is_set_by_us(std::string_view name) {
  constexpr std::array<std::string_view, 11> ours{"connection", "content-length", "expect",
                                                  "host",       "keep-alive",     "proxy-authorization",
                                                  "te",         "trailer",        "transfer-encoding",
                                                  "upgrade",    "accept-encoding"};
  return std::any_of(ours.begin(), ours.end(), [name](auto each) { return ascii_iequal(each, name); });
}

/// Returns true for a token of RFC 9110, section 5.6.2.
bool is_field_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (is_name_char(c) || std::string_view("!#$%&'*+^`|~").find(c) != std::string_view::npos);
  });
}

bool is_field_value(std::string_view value) {
  return !value.empty() && value.front() != ' ' && value.back() != ' ' &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// Returns true for a field whose value is usually a secret.
bool holds_credentials(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
  constexpr std::array<std::string_view, 5> parts{"auth", "cookie", "token", "key", "secret"};
  return std::any_of(parts.begin(), parts.end(),
                     [&lower](auto part) { return lower.find(part) != std::string::npos; });
}

value_type<std::string> http_field_name() {
  const std::string expected = "the name of a header field, like Authorization";
  return {expected, string_schema("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$"),
          [expected](const node& n, read_context& ctx) -> std::optional<std::string> {
            if (!is_field_name(n.text)) {
              mismatch(n, expected, ctx);
              return std::nullopt;
            }
            if (!is_set_by_us(n.text)) return n.text;
            ctx.faults.error(n, "the gateway sets the header field '" + n.text + "' itself");
            return std::nullopt;
          }};
}

/// Reads a literal text, or a reference to a secret. The name of the field determines whether a literal
/// counts as a secret.
value_type<secret> http_field_value() {
  auto kept = secret_text();
  const std::string expected = "a text, or {file: PATH}, {env: NAME} or {credential: NAME}";
  return {expected, kept.schema,
          [plain = text(expected), kept](const node& n, read_context& ctx) -> std::optional<secret> {
            std::optional<secret> value;
            if (!n.is_scalar())
              value = kept.read(n, ctx);
            else if (n.key != nullptr && holds_credentials(n.key->text))
              value = kept.read(n, ctx);
            else if (auto text = plain.read(n, ctx))
              value = secret(*std::move(text));
            if (!value || is_field_value(value->reveal())) return value;
            ctx.faults.error(n,
                             "the value of a header field must be ASCII without control characters, and must "
                             "not begin or end with a blank");
            return std::nullopt;
          }};
}

/// Reads the header fields. None of them is ever shown, because a value may be a secret.
value_type<std::vector<http_field>> http_fields() {
  auto map = map_of(http_field_name(), http_field_value(), "a map from names of header fields to values");
  map.schema["writeOnly"] = true;
  return refine(map, map.expected, map.schema,
                [](const std::vector<named<std::string, secret>>& read, const node&,
                   read_context& ctx) -> std::optional<std::vector<http_field>> {
                  std::vector<http_field> fields;
                  for (const auto& each : read) {
                    const auto& name = each.name.value;
                    const bool is_twice =
                        std::any_of(fields.begin(), fields.end(),
                                    [&name](const auto& other) { return ascii_iequal(other.name, name); });
                    if (is_twice)
                      ctx.faults.error(*each.name.at, "the header field '" + name + "' is given twice");
                    fields.push_back({name, each.value});
                  }
                  return fields;
                });
}

const section<http_keys_within>& http_server_section() {
  using keys = http_keys_within;
  static const section<keys> table{
      "http_server",
      "devices.TAG.resources.PATH.http",
      "An HTTP server, and the settings of requests to it. Resources with the same host and port share its "
      "connections; each keeps its own settings.",
      {key<keys>("url", with_place(http_address()), presence::required(),
                 "The URL on the server: `http://HOST:PORT/PATH?QUERY`. The values of `*` or `**` in the "
                 "path are appended to PATH, percent-encoded; no other part of a request gets into the URL.",
                 &keys::url),
       key<keys>("headers", http_fields(), presence::optional("none"),
                 "Header fields of each request, such as `Authorization: {credential: NAME}`, whose file "
                 "contains the whole value: `Bearer TOKEN`.",
                 &keys::fields),
       key<keys>(
           "send", choice<bool>({{"json", false}, {"text", true}}), "json",
           "How the body of a PUT or POST is sent: `json`, or with `text` a string as it is (text/plain). "
           "With `content_format: text/plain` in a request, a string is always sent as it is.",
           &keys::sends_text),
       key<keys>("timeout", duration(1ms, 10min), "4s",
                 "The time from the arrival of a request to the end of the answer, waiting for a connection "
                 "included; then 504.",
                 &keys::timeout),
       key<keys>("idle", duration(0ms, 1h), "4s",
                 "A connection that was idle for this long is closed; `0s`: each request has its own.",
                 &keys::idle),
       key<keys>("max", size(1, largest_http_answer), presence::optional("`limits.payload`"),
                 "Bytes of the body of an answer; a longer one gets 502.", &keys::max),
       key<keys>("connections", integer(1, 16), "4",
                 "No request of this resource is sent while this many are in flight to the server. Requests "
                 "are sent in order of arrival: one that waits because its resource has fewer connections "
                 "delays those of other resources of the server.",
                 &keys::connections),
       key<keys>("queue", integer(1, 1024), "64",
                 "Requests that may wait for the server; a further one gets 503.", &keys::queue)}};
  return table;
}

/// Reads a URL alone, or a map.
value_type<http_keys_within> http_or_map() {
  const auto alone = http_address();
  const auto map = map_with(http_server_section());
  const std::string expected = std::string(http_url_expected) + ", or a map";
  boost::json::object schema{{"anyOf", {boost::json::value(alone.schema), boost::json::value(map.schema)}}};
  return {expected, schema,
          [alone, map](const node& n, read_context& ctx) -> std::optional<http_keys_within> {
            if (n.is_map()) return map.read(n, ctx);
            auto at = alone.read(n, ctx);
            if (!at) return std::nullopt;
            http_keys_within spec;
            spec.url = {*std::move(at), &n};
            return spec;
          },
          map.section};
}

http_terms http_terms_of(const http_keys_within& spec, bool is_map, const payload_limits& limits) {
  http_terms terms;
  terms.most = spec.max.value_or(limits.payload);
  if (!is_map) return terms;
  if (spec.timeout.count() > 0) terms.timeout = spec.timeout;
  terms.idle = spec.idle;
  if (spec.connections > 0) terms.connections = static_cast<std::size_t>(spec.connections);
  if (spec.queue > 0) terms.queue = static_cast<std::size_t>(spec.queue);
  return terms;
}

std::optional<kind_options> build_http(const http_keys& keys, const kind_place& at) {
  const auto& spec = keys.http.value;
  backend_keys front = keys;
  if (!front.parse) front.parse = {{.as = reading_options::form::json}, keys.http.at};
  http_resource_options options;
  options.front =
      build_backend_options(front, keys.methods ? keys.methods->value : method_set{method::get}, at);
  if (!spec.url) return std::nullopt;
  options.at = spec.url->value;
  options.fields = spec.fields;
  options.sends_text = spec.sends_text;
  options.terms = http_terms_of(spec, keys.http.at->is_map(), at.limits);
  return options;
}

}  // namespace

const kind_module& http_kind() {
  using keys = http_keys;
  static const kind_table<keys> table{
      with_backend_keys<keys>(
          {key<keys>(
               "http", with_place(http_or_map()), another_kind(),
               "A URL on an HTTP server. A GET reads it; a PUT, POST or DELETE is sent to it if `methods` "
               "allow that. Redirects are not followed, and proxies of the environment are not used.",
               &keys::http),
           methods_key("[GET]", &keys::methods)},
          "`json`"),
      build_http,
      nullptr,
      {.paths = subtree_paths::allowed, .takes_patterns = true}};
  return table;
}

}  // namespace mqcoap
