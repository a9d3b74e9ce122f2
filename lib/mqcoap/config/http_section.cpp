#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/config/spec.hpp>
#include <mqcoap/settings/common_types.hpp>
#include <mqcoap/settings/scalar.hpp>

namespace mqcoap::config {
namespace {

constexpr char listen_expected[] = "an IP address and a port, like 127.0.0.1:8720";
constexpr char listen_pattern[] = R"(^(localhost|[0-9.]+|\[[0-9A-Fa-f:.]+(%[A-Za-z0-9_.-]+)?\]):[0-9]{1,5}$)";
constexpr char off[] = "off";

bool is_zone(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_name_char);
}

std::optional<observe::http_options> parse_listen(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const auto port = text.substr(colon + 1);
  observe::http_options options;
  const auto read = std::from_chars(port.data(), port.data() + port.size(), options.port);
  if (read.ec != std::errc{} || read.ptr != port.data() + port.size()) return std::nullopt;
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto zone = std::min(host.find('%'), host.size());
  const auto zone_text = host.substr(zone);
  host = host.substr(0, zone);
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(host, ec);
  if (ec || address.is_v6() != bracketed) return std::nullopt;
  const bool may_have_zone = address.is_v6() && address.to_v6().is_link_local();
  if (!zone_text.empty() && (!may_have_zone || !is_zone(zone_text.substr(1)))) return std::nullopt;
  // The zone stays a name: its interface may appear later.
  options.address = address.to_string().append(zone_text);
  return options;
}

value_type<observe::http_options> listen_address() {
  return {listen_expected, string_schema(listen_pattern),
          [](const node& n, read_context& ctx) -> std::optional<observe::http_options> {
            auto options = n.is_scalar() ? parse_listen(n.text) : std::nullopt;
            if (!options) {
              const bool has_zone = n.text.find('%') != std::string::npos;
              mismatch(n, listen_expected, ctx,
                       to_int64(n) ? "127.0.0.1:" + n.text + '?'
                       : has_zone  ? "a zone only with a link-local address, like [fe80::1%eth0]:8720"
                                   : "");
              return std::nullopt;
            }
            if (!boost::asio::ip::make_address(options->address).is_loopback())
              ctx.faults.warning(
                  n,
                  "everybody who can reach " + n.text + " can read the metrics: there is no authentication",
                  "127.0.0.1:8720, or a firewall in front of it");
            return options;
          }};
}

/// Reads a name without a port, as in a `Host` field.
value_type<std::string> host_name() {
  constexpr std::size_t longest = 253;
  const std::string expected = "a host's name";
  auto schema = string_schema("^[A-Za-z0-9_.-]+$");
  schema["maxLength"] = longest;
  return {expected, schema, [expected](const node& n, read_context& ctx) -> std::optional<std::string> {
            if (!is_text(n, expected, ctx)) return std::nullopt;
            const bool is_name = !n.text.empty() && n.text.size() <= longest &&
                                 std::all_of(n.text.begin(), n.text.end(), is_name_char);
            if (is_name) return n.text;
            mismatch(n, expected, ctx, n.text.find(':') != std::string::npos ? "without a port" : "");
            return std::nullopt;
          }};
}

}  // namespace

const section<http_spec>& http_section() {
  static const section<http_spec> table{
      "http",
      "http",
      "Metrics for Prometheus at `/metrics`; `/healthz` answers 200 while the gateway runs, and `/readyz` "
      "while "
      "it answers requests, else 503 with the reason. HTTP/1.1, GET and HEAD, no authentication.",
      {key<http_spec>("listen", listen_address(), "127.0.0.1:8720",
                      "The address to listen on; port 0 chooses a free port, which the log names.",
                      &http_spec::listen),
       key<http_spec>("hosts", list_of(host_name(), true), presence::optional("none"),
                      "Further names of this server in `Host`, such as a DNS name that Prometheus uses. "
                      "`localhost` and the addresses of the loopback are always accepted, and if `listen` is "
                      "not on the loopback, every IP address and this machine's own name. A request with "
                      "another name in its field `Host` gets 421, so that no web page in a browser can read "
                      "the metrics through its own host name (DNS rebinding).",
                      &http_spec::hosts)}};
  return table;
}

value_type<http_spec> http_or_off() {
  const std::string expected = "a map, or off";
  auto map = map_with(http_section());
  return {expected,
          {{"anyOf", {boost::json::value(map.schema), boost::json::object{{"const", off}}}}},
          [map, expected](const node& n, read_context& ctx) -> std::optional<http_spec> {
            if (n.is_map() || n.is_null()) return map.read(n, ctx);
            if (n.is_scalar() && n.text == off) return http_spec{};
            mismatch(n, expected, ctx, "http: {listen: 127.0.0.1:8720}, or http: off");
            return std::nullopt;
          },
          map.section};
}

}  // namespace mqcoap::config
