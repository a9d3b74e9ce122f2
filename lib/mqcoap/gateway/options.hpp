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

/// One resource of a device: where it is, what discovery tells of it, and what it does
/// (docs/configuration.md).
struct resource_options {
  std::string path;   ///< `gains`, `supply/voltage`, or a subtree `probe/**`; no leading slash
  std::string title;  ///< for people, in discovery (RFC 6690, section 7.1: title); empty: none
  std::string unit;   ///< of its values, in discovery, as `V`; not interpreted. Empty: none
  kind_options kind;  ///< value, collection, action, reply, signal, proxy
  std::optional<event_options> events{};  ///< when its value is published; nothing: never

  friend bool operator==(const resource_options&, const resource_options&) = default;
};

/// Devices that have equal resources, as those of one template, have one list of them.
using resource_list = shared_list<resource_options>;

/// One tag that the gateway answers for.
struct device_options {
  device_tag tag;
  std::string description;                 ///< for people, in `.gw/devices`; empty: none
  std::vector<subsystem_name> subsystems;  ///< under which its resources are found; empty: any
  resource_list resources;
  /// Tells under a retained topic whether it is there (docs/protocol.md, "Discovery"). Takes a connection.
  bool presence = false;
  /// Records each write before it is run, so that it runs once also if the gateway ends meanwhile.
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

/// The target of a route. Empty: unchanged. `{tag}`, `{subsystem}` and `{path}` stand for those of the
/// request.
struct route_target {
  std::string broker;  ///< empty: the default broker
  std::string ns;      ///< empty: the gateway's namespace
  std::string tag;
  std::string subsystem;
  std::string path;
};

/// One rule of the proxy: which requests it takes, where they lead, and how devices behind it are asked
/// (docs/protocol.md, "Proxying"; mqcoap.yaml(5), proxy.routes). A route is found per request and kept by it
/// over a reload.
struct route_options {
  std::string name;  ///< for logs, metrics and error texts
  route_match match;
  bool serve = false;  ///< the gateway answers for the matched tags (reverse proxy by tag)
  route_target to;
  std::chrono::milliseconds timeout{4000};  ///< 1 ms to 10 min; Python callers give up after 5 s
  std::size_t in_flight = 1;                ///< requests at a device at a time; the rest queue
  std::size_t queue = 1000;                 ///< per device; deadlines bound the wait; then 503
  wire_format wire = wire_format::full;     ///< how the device's requests are written
  std::optional<secret> token;              ///< sent to the device; the caller's own stops at the gateway
};

/// The name for mounts that no route matches.
inline constexpr char unrouted_name[] = "mount";

/// Which requests are forwarded, and by which routes. Nothing without a route, a mount or `forward`.
struct proxy_options {
  std::optional<device_tag> forward;  ///< the tag that takes `proxy_uri` and the subsystem `proxy`
  std::vector<route_options> routes;  ///< first match wins
  std::chrono::milliseconds default_timeout{4000};  ///< timeout of mounts that no route matches
};

/// Bounds on what the gateway has under way at a time (mqcoap.yaml(5), limits).
struct gateway_limits {
  /// Requests that are forwarded and not yet answered; beyond it 503. A device gets no more than are left for
  /// the others.
  std::size_t in_flight = 1024;
  std::chrono::milliseconds handler_timeout{10000};  ///< the time for a resource to answer; after that 504
  std::size_t exec = 4;                              ///< programs of `exec` resources that run at a time
};

/// What a gateway serves and forwards: what a configuration says, without its brokers, log and pages.
/// Replaced as a whole by a reload; valid as it is.
struct gateway_options {
  std::size_t logged_body = 80;  ///< bytes of a body in a request's log line; 0: none
  namespace_name ns;             ///< the first level of all topics (docs/protocol.md, "Topics")
  decode_rules decoding;         ///< what is accepted of callers and devices
  gateway_limits limits;
  std::vector<device_options> devices;  ///< their tags are different
  proxy_options proxy;
  /// The group of gateways that divide the requests by shared subscriptions; empty: this one gets them all.
  /// All members have the same options.
  std::string share{};
};

}  // namespace mqcoap
