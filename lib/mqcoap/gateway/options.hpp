#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mqcoap/base/secret.hpp>
#include <mqcoap/base/shared_list.hpp>
#include <mqcoap/gateway/event_options.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/resource/kind_options.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap {

/// One resource of a device: its path, its description for discovery, and what
/// it does (docs/configuration.md).
struct resource_options {
  std::string path;   ///< `gains`, `supply/voltage`, or a subtree `probe/**`; no leading slash
  std::string title;  ///< for people, in discovery (RFC 6690, section 7.1: title); empty: none
  std::string unit;   ///< of its values, in discovery, as `V`; not interpreted. Empty: none
  kind_options kind;  ///< value, collection, action, reply, signal, proxy
  std::optional<event_options> events{};  ///< when its value is published; none: never

  friend bool operator==(const resource_options&, const resource_options&) = default;
};

/// Devices that have equal resources, such as those of one template, share one list.
using resource_list = shared_list<resource_options>;

/// One tag that the gateway answers for.
struct device_options {
  device_tag tag;
  std::string description;                 ///< for people, in `.gw/devices`; empty: none
  std::vector<subsystem_name> subsystems;  ///< under which its resources are accessible; empty: any
  resource_list resources;
  /// Publishes under a retained topic whether the device is available (docs/protocol.md, "Discovery").
  /// Requires a separate connection.
  bool presence = false;
  /// Records each write before it is run, so that it runs only once even if the gateway terminates meanwhile.
  bool durable_dedup = false;

  friend bool operator==(const device_options&, const device_options&) = default;
};

/// The requests that a proxy route takes; a request must match all four members.
struct route_match {
  std::vector<std::string> tags{"*"};        ///< globs
  std::vector<std::string> subsystems{"*"};  ///< globs
  std::string path = "**";                   ///< exact, or `prefix/**`, or with `*` for one segment
  method_set methods = method_set::all();
};

/// The target of a route. Empty members leave the address unchanged. `{tag}`, `{subsystem}` and `{path}`
/// stand for those of the request.
struct route_target {
  std::string broker;  ///< empty: the default broker
  std::string ns;      ///< empty: the gateway's namespace
  std::string tag;
  std::string subsystem;
  std::string path;
};

/// One rule of the proxy: which requests it takes, where they lead, and how they are sent to the devices
/// behind it (docs/protocol.md, "Proxying"; mqcoap.yaml(5), proxy.routes). A request keeps its route
/// across a reload.
struct route_options {
  std::string name;  ///< for logs, metrics and error texts
  route_match match;
  bool serve = false;  ///< the gateway answers for the matched tags (reverse proxy by tag)
  route_target to;
  std::chrono::milliseconds timeout{4000};  ///< 1 ms to 10 min; Python callers give up after 5 s
  std::size_t in_flight = 1;                ///< requests at a device at a time; further ones are queued
  std::size_t queue = 1000;                 ///< per device; deadlines limit the wait. When full: 503
  wire_format wire = wire_format::full;     ///< the format of requests to the device
  std::optional<secret> token;              ///< sent to the device; the caller's own token is not forwarded
};

/// The name for mounts that no route matches.
inline constexpr char unrouted_name[] = "mount";

/// Which requests are forwarded, and by which routes. Has no effect without a route, a mount or `forward`.
struct proxy_options {
  std::optional<device_tag> forward;  ///< the tag that accepts `proxy_uri` and the subsystem `proxy`
  std::vector<route_options> routes;  ///< the first match applies
  std::chrono::milliseconds default_timeout{4000};  ///< timeout of mounts that no route matches
};

/// Limits on what the gateway handles at a time (mqcoap.yaml(5), limits).
struct gateway_limits {
  /// Requests that are forwarded and not yet answered; beyond this 503. A single device gets no more than
  /// remain for the others.
  std::size_t in_flight = 1024;
  std::chrono::milliseconds handler_timeout{10000};  ///< the time limit for a resource to answer; then 504
  std::size_t exec = 4;                              ///< the number of `exec` programs that run at a time
};

/// What a gateway serves and forwards: the contents of a configuration, except its brokers, log and pages. A
/// reload replaces it as a whole; it is already validated.
struct gateway_options {
  std::size_t logged_body = 80;  ///< bytes of a body in a request's log line; 0: none
  namespace_name ns;             ///< the first level of all topics (docs/protocol.md, "Topics")
  decode_rules decoding;         ///< what is accepted from callers and devices
  gateway_limits limits;
  std::vector<device_options> devices;  ///< with distinct tags
  proxy_options proxy;
  /// The group of gateways that share the requests through shared subscriptions; empty: this one gets all of
  /// them. All members must have the same options.
  std::string share{};
};

}  // namespace mqcoap
