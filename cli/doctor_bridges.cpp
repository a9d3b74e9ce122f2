#include "doctor_bridges.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <mqcoap/protocol/request_id.hpp>
#include <optional>

#include "session.hpp"

namespace mqcoap::cli {
namespace {

using namespace std::chrono_literals;

constexpr char check_name[] = "bridge";
/// For a request to cross a bridge.
constexpr auto crossing = 1s;

/// The routes over which a request to that broker would come back to the gateway as one to be served.
std::string serving_routes(const settings& gateway, const std::string& other) {
  std::string names;
  for (const auto& route : gateway.gateway.proxy.routes) {
    const bool same_namespace = route.to.ns.empty() || route.to.ns == gateway.gateway.ns.text();
    if (!route.serve || route.to.broker != other || !same_namespace) continue;
    names += (names.empty() ? "" : ", ") + (route.name.empty() ? "one without a name" : route.name);
  }
  return names;
}

/// A client of one of the brokers, under a name of its own: the gateway's would throw the gateway off.
settled_options to_broker(settled_options options, const settings& gateway, const link_options& broker) {
  options.client.broker = broker;
  options.client.broker.client_id.clear();
  options.client.broker.qos = 1;  // so that MQTT 5 tells which publishes are denied
  options.client.ns = gateway.gateway.ns;
  options.client.timeout = std::min<std::chrono::milliseconds>(options.client.timeout, crossing);
  options.client.tag.reset();
  return options;
}

finding unreachable(const std::string& broker, const std::string& why) {
  return {verdict::warn, check_name, broker + " cannot be looked at: " + why,
          "`mqcoap doctor` with that broker's address, user and password says more"};
}

}  // namespace

finding judge_bridge(const settings& gateway, const std::string& other, bool came_back) {
  const auto& home = gateway.brokers.front().name;
  if (!came_back)
    return {verdict::ok, check_name, "what is sent to " + other + " does not come back from " + home};
  const auto words =
      "what is sent to " + other + " comes back from " + home + ": they are bridged, or are one broker";
  const auto routes = serving_routes(gateway, other);
  if (routes.empty()) return {verdict::ok, check_name, words + "; no route serves across"};
  return {verdict::fail, check_name, words + ", and writes run twice by the routes that serve: " + routes,
          "take `serve: true` off them, or their tags out of the bridge", status_configuration};
}

void examine_bridges(const settled_options& options, const settings& gateway,
                     const std::function<void(const finding&)>& show) {
  if (gateway.brokers.size() < 2) return show({verdict::ok, check_name, "the configuration has one broker"});
  const auto tag =
      device_tag::parse("mqcoap_doctor_" + request_id_generator().next().canonical().substr(0, 8)).value();
  const auto& home = gateway.brokers.front();
  auto listening = to_broker(options, gateway, home);
  listening.client.tag = tag;
  session at_home(listening);
  std::string why;
  if (at_home.try_connect(why)) return show(unreachable(home.name, why));
  for (const auto& other : gateway.brokers) {
    if (other.name == home.name) continue;
    const auto asking = to_broker(options, gateway, other);
    session from(asking);
    if (from.try_connect(why)) {
      show(unreachable(other.name, why));
      continue;
    }
    const auto before = at_home.mqtt().stats().served;
    const address probe{tag, *subsystem_name::parse("gateway"), *resource_path::parse("doctor")};
    // Shared, because the session ends after what stands here.
    const auto outcome = std::make_shared<std::optional<error_code>>();
    from.mqtt().async_request(request_spec(probe),
                              [outcome](error_code error, const response&) { *outcome = error; });
    from.wait_until(std::chrono::steady_clock::now() + crossing, [&] { return outcome->has_value(); });
    // What came meanwhile lies in the socket.
    const bool came_back = at_home.wait_until(std::chrono::steady_clock::now() + crossing / 4,
                                              [&] { return at_home.mqtt().stats().served > before; });
    const auto error = outcome->value_or(errc::timed_out);
    const bool was_sent = came_back || is_answer(error) || error == errc::timed_out;
    show(was_sent ? judge_bridge(gateway, other.name, came_back) : unreachable(other.name, error.message()));
  }
}

}  // namespace mqcoap::cli
