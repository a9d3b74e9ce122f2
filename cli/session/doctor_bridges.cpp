#include "session/doctor_bridges.hpp"

#include <chrono>
#include <memory>
#include <mqcoap/protocol/request_id.hpp>
#include <optional>

#include "session/session.hpp"

namespace mqcoap::cli {
namespace {

constexpr char check_name[] = "bridge";
/// The time that a request may take to cross a bridge.
constexpr std::chrono::milliseconds crossing{1000};

/// Returns the names of the routes by which a request to that broker would return to the gateway as a request
/// for a tag that it serves.
std::string serving_routes(const config::settings& gateway, const std::string& other) {
  std::string names;
  for (const auto& route : gateway.gateway.proxy.routes) {
    const bool same_namespace = route.to.ns.empty() || route.to.ns == gateway.gateway.ns.text();
    if (!route.serve || route.to.broker != other || !same_namespace) continue;
    names += (names.empty() ? "" : ", ") + (route.name.empty() ? "one without a name" : route.name);
  }
  return names;
}

/// Returns the options for a client of one of the brokers. The client has its own client id, because the
/// gateway's id would disconnect the gateway.
settled_options to_broker(settled_options options, const config::settings& gateway,
                          const link_options& broker) {
  options.client.broker = broker;
  options.client.broker.client_id.clear();
  options.client.broker.qos = 1;  // with MQTT 5 the broker then reports denied publishes
  options.client.ns = gateway.gateway.ns;
  options.client.tag.reset();
  return options;
}

finding unreachable(const std::string& broker, const std::string& why) {
  return {verdict::warn, check_name, broker + " cannot be checked: " + why,
          "`mqcoap doctor` with that broker's address, user and password tells more"};
}

finding unheard(const std::string& broker, const std::string& home, const device_tag& tag) {
  return {verdict::warn, check_name,
          broker + " cannot be checked: user and access rules at " + home + " may not read requests to " +
              tag.text() + ", not even those that are sent there",
          "let that user publish and read requests to tags with `mqcoap_doctor_`"};
}

/// A client that is connected to a broker, with MQTT 5 if possible, because that reports denied publishes.
struct asking_client {
  settled_options options;
  std::unique_ptr<session> at;
  bool reports_denials = false;

  asking_client(const settled_options& of, const config::settings& gateway, const link_options& broker)
      : options(to_broker(of, gateway, broker)) {}

  /// @param why  receives the reason if the connection fails
  error_code connect(outage_cause& why) {
    auto& protocol = options.client.broker.protocol;
    const bool may_choose = protocol == mqtt_protocol::automatic;
    if (may_choose) protocol = mqtt_protocol::v5;
    reports_denials = protocol == mqtt_protocol::v5;
    const auto error = try_once(why);
    if (!error || !may_choose || error == errc::timed_out) return error;
    protocol = mqtt_protocol::v311;
    reports_denials = false;
    return try_once(why);
  }

 private:
  error_code try_once(outage_cause& why) {
    at = std::make_unique<session>(options);
    return at->try_connect(why);
  }
};

/// What happened to a request to the listener.
struct passage {
  bool came = false;
  error_code error;
};

passage send_probe(session& from, session& listener, const device_tag& tag) {
  const auto before = listener.mqtt().stats().served;
  const auto came = [&] { return listener.mqtt().stats().served > before; };
  request_spec probe(address{tag, *subsystem_name::parse("gateway"), *resource_path::parse("doctor")});
  probe.timeout = crossing;
  // Shared, because the handler may be called after this function has returned.
  const auto outcome = std::make_shared<std::optional<error_code>>();
  from.mqtt().async_request(probe, [outcome](error_code error, const response&) { *outcome = error; });
  from.wait_until(std::chrono::steady_clock::now() + crossing, [&] { return outcome->has_value(); });
  // Messages that arrived in the meantime may still be in the socket.
  const bool arrived = listener.wait_until(std::chrono::steady_clock::now() + crossing / 4, came);
  return {arrived, outcome->value_or(errc::timed_out)};
}

}  // namespace

finding judge_bridge(const config::settings& gateway, const std::string& other, returned came_back) {
  const auto& home = gateway.brokers.front().name;
  if (came_back == returned::unsaid)
    return {verdict::warn, check_name,
            "what is sent to " + other + " did not come back from " + home + ", but over MQTT 3.1.1 " +
                other + " does not say whether it accepts it",
            "let that broker's user publish requests to any tag, or speak MQTT 5 with it"};
  if (came_back == returned::no)
    return {verdict::ok, check_name, "what is sent to " + other + " does not come back from " + home};
  const auto message =
      "what is sent to " + other + " comes back from " + home + ": they are bridged, or are one broker";
  const auto routes = serving_routes(gateway, other);
  if (routes.empty()) return {verdict::ok, check_name, message + "; no route serves across"};
  return {verdict::fail, check_name, message + ", and writes run twice by the routes that serve: " + routes,
          "remove `serve: true` from these routes, or their tags from the bridge", status_configuration};
}

void examine_bridges(const settled_options& options, const config::settings& gateway,
                     const std::function<void(const finding&)>& show) {
  if (gateway.brokers.size() < 2) return show({verdict::ok, check_name, "the configuration has one broker"});
  const auto tag =
      device_tag::parse("mqcoap_doctor_" + request_id_generator().next().canonical().substr(0, 8)).value();
  const auto& home = gateway.brokers.front();
  auto listening = to_broker(options, gateway, home);
  listening.client.tag = tag;
  session at_home(listening);
  outage_cause why;
  if (at_home.try_connect(why)) return show(unreachable(home.name, why.message()));
  const bool hears = send_probe(at_home, at_home, tag).came;
  for (const auto& other : gateway.brokers) {
    if (other.name == home.name) continue;
    if (!hears) {
      show(unheard(other.name, home.name, tag));
      continue;
    }
    asking_client asking(options, gateway, other);
    if (asking.connect(why)) {
      show(unreachable(other.name, why.message()));
      continue;
    }
    const auto [came, error] = send_probe(*asking.at, at_home, tag);
    const bool was_sent = came || is_answer(error) || error == errc::timed_out;
    const auto otherwise = asking.reports_denials ? returned::no : returned::unsaid;
    show(was_sent ? judge_bridge(gateway, other.name, came ? returned::yes : otherwise)
                  : unreachable(other.name, error.message()));
  }
}

}  // namespace mqcoap::cli
