#include <algorithm>
#include <mqcoap/config/spec.hpp>
#include <mqcoap/net/host_port.hpp>
#include <mqcoap/settings/common_types.hpp>

namespace mqcoap::config {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t tls_port = 8883;
constexpr std::size_t smallest_packet = 256;        // limit of libraries for small devices
constexpr std::size_t largest_packet = 256u << 20;  // limit of MQTT
constexpr char url_expected[] = "mqtt://HOST[:PORT] or mqtts://HOST[:PORT]";

std::optional<broker_url> read_url(const std::string& text, const node& n, read_context& ctx) {
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string::npos) {
    mismatch(n, url_expected, ctx, "mqtt://" + text + '?');
    return std::nullopt;
  }
  const std::string scheme = text.substr(0, scheme_end);
  const std::string_view rest = std::string_view(text).substr(scheme_end + 3);
  const bool tls = scheme == "mqtts";
  if (scheme != "mqtt" && !tls) {
    const bool like_tls = scheme == "ssl" || scheme == "tls" || scheme == "wss";
    ctx.faults.error(n, "expected " + std::string(url_expected) + ", found " + scheme + "://",
                     like_tls ? "TLS over TCP is mqtts://" : "");
  } else if (rest.find('@') != std::string_view::npos) {
    ctx.faults.error(n, "a user or password in the url is refused", "use the keys `username` and `password`");
  } else if (auto at = parse_host_port(rest)) {
    return broker_url{{std::move(at->host), at->port.value_or(tls ? tls_port : endpoint{}.port)}, tls};
  } else {
    mismatch(n, url_expected, ctx);
  }
  return std::nullopt;
}

value_type<broker_url> url() {
  return refine(
      text(url_expected), url_expected,
      string_schema(R"(^mqtts?://([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+(%[A-Za-z0-9_.-]+)?\])(:[0-9]{1,5})?$)"),
      read_url);
}

/// Reads one server or a list of servers; either all of them use TLS or none.
value_type<std::vector<broker_url>> urls() {
  auto list = list_of(url(), true);
  return refine(list, list.expected, list.schema,
                [](std::vector<broker_url> all, const node& n,
                   read_context& ctx) -> std::optional<std::vector<broker_url>> {
                  for (std::size_t i = 1; i < all.size(); ++i) {
                    const auto same = std::find_if(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(i),
                                                   [&](const broker_url& u) { return u.at == all[i].at; });
                    if (all[i].tls != all.front().tls)
                      ctx.faults.error(*n.items[i],
                                       "the servers of one broker must all use TLS, or none of them",
                                       all.front().tls ? "mqtts://?" : "mqtt://?");
                    else if (same != all.begin() + static_cast<std::ptrdiff_t>(i))
                      ctx.faults.error(*n.items[i], "the same host and port are in this list twice");
                    else
                      continue;
                    return std::nullopt;
                  }
                  return all;
                });
}

}  // namespace

const section<broker_spec>& broker_section() {
  static const section<broker_spec> table{
      "broker",
      "brokers.NAME",
      "One MQTT broker.",
      {key<broker_spec>(
           "url", with_place(urls()), presence::required(),
           "The address; the default port is 1883, or 8883 with mqtts:// (TLS). A list names its servers, "
           "tried in this order whenever there is no connection.",
           [](broker_spec& b, located<std::vector<broker_url>> u) {
             b.options.host = u.value.front().at.host;
             b.options.port = u.value.front().at.port;
             for (std::size_t i = 1; i < u.value.size(); ++i) b.options.fallbacks.push_back(u.value[i].at);
             b.urls = std::move(u);
           }),
       key<broker_spec>("username", text("a user name"), presence::optional("none"),
                        "The user name for the broker.",
                        [](broker_spec& b, std::string name) { b.options.username = std::move(name); }),
       key<broker_spec>(
           "password", with_place(secret_text()), presence::optional("none"),
           "The password, from a file, the environment or a systemd credential. A literal password "
           "gets a warning.",
           [](broker_spec& b, located<secret> s) {
             b.options.password = std::move(s.value);
             b.password_at = s.at;
           }),
       key<broker_spec>("client_id", with_place(plain_name("a client id")),
                        presence::optional("`mqcoap-` and 16 random hexadecimal digits"),
                        "Never the tag of a device: devices use their tag as client id, and each would close "
                        "the other's connection.",
                        [](broker_spec& b, located<std::string> id) {
                          b.options.client_id = id.value;
                          b.client_id = std::move(id);
                        }),
       key<broker_spec>("protocol",
                        choice<mqtt_protocol>({{"auto", mqtt_protocol::automatic},
                                               {"5", mqtt_protocol::v5},
                                               {"3.1.1", mqtt_protocol::v311}}),
                        "auto", "The version of MQTT; `auto` tries 5, then 3.1.1.",
                        [](broker_spec& b, mqtt_protocol p) { b.options.protocol = p; }),
       key<broker_spec>("tls", with_place(map_with(tls_section())),
                        presence::optional("mqtts:// trusts the system's authorities"),
                        "The trusted authorities and the client certificate. Only with mqtts://.",
                        &broker_spec::tls),
       key<broker_spec>(
           "share", with_place(plain_name("the name of a group")),
           presence::optional("this gateway gets all requests"),
           "Several gateways with this name share the requests: the broker gives each request to one of them "
           "(shared subscriptions). They have the same configuration, without resources that only one of "
           "them can have. Only at the first broker; see docs/operations.md.",
           &broker_spec::share),
       key<broker_spec>("keepalive", whole_seconds(5s, 18h), "10s",
                        "The interval at which an idle connection is probed.",
                        [](broker_spec& b, std::chrono::seconds s) { b.options.keepalive = s; }),
       key<broker_spec>("qos", integer(0, 1), "0",
                        "The quality of service of all messages and subscriptions.",
                        [](broker_spec& b, std::int64_t q) { b.options.qos = static_cast<int>(q); }),
       key<broker_spec>("max_packet", size(smallest_packet, largest_packet),
                        presence::optional("the broker's limit in its CONNACK, else no limit"),
                        "The largest packet to send, including topic and header: a larger answer becomes a "
                        "500, a larger request to a device a 413.",
                        [](broker_spec& b, std::size_t s) { b.options.max_packet = s; })},
      {{"dependentRequired", {{"password", boost::json::array{"username"}}}}}};
  return table;
}

}  // namespace mqcoap::config
