#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mqcoap/base/secret.hpp>
#include <mqcoap/gateway/event_options.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/resource/kind_options.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap {

struct resource_options {
  std::string path;  ///< `gains`, `supply/voltage`, or a subtree `probe/**`; no leading slash
  std::string title;
  std::string unit;
  kind_options kind;
  std::optional<event_options> events{};  ///< its value is published

  friend bool operator==(const resource_options&, const resource_options&) = default;
};

/// One tag that the gateway answers for.
struct device_options {
  device_tag tag;
  std::string description;
  std::vector<subsystem_name> subsystems;  ///< empty: any
  std::vector<resource_options> resources;
  bool presence = false;  ///< tells under a retained topic whether it is there

  friend bool operator==(const device_options&, const device_options&) = default;
};

/// Which requests a proxy route takes; a request must match all four.
struct route_match {
  std::vector<std::string> tags{"*"};        ///< globs
  std::vector<std::string> subsystems{"*"};  ///< globs
  std::string path = "**";                   ///< exact, or `prefix/**`, or with `*` for one segment
  method_set methods = method_set::all();
};

/// Where a route leads. Empty: as it was. `{tag}`, `{subsystem}` and `{path}` stand for what was asked for.
struct route_target {
  std::string broker;  ///< empty: the default broker
  std::string ns;      ///< empty: the gateway's namespace
  std::string tag;
  std::string subsystem;
  std::string path;
};

struct route_options {
  std::string name;
  route_match match;
  bool serve = false;  ///< the gateway answers for the tags matched (reverse proxy by tag)
  route_target to;
  std::chrono::milliseconds timeout{4000};  ///< 1 ms to 10 min; Python callers give up after 5 s
  std::size_t in_flight = 1;                ///< requests at a device at a time; the rest queue
  std::size_t queue = 1000;                 ///< per device; deadlines bound the wait; then 503
  wire_format wire = wire_format::full;
  std::optional<secret> token;  ///< sent to the device; the caller's own stops at the gateway
};

/// Stands for the route of mounts that no route matches.
inline constexpr char unrouted_name[] = "mount";

struct proxy_options {
  std::optional<device_tag> forward;  ///< the tag that takes `proxy_uri` and the subsystem `proxy`
  std::vector<route_options> routes;  ///< first match wins
  std::chrono::milliseconds default_timeout{4000};  ///< of mounts that no route matches
};

struct gateway_limits {
  /// Requests forwarded and not yet answered; then 503. A device gets no more than are left for others.
  std::size_t in_flight = 1024;
  std::chrono::milliseconds handler_timeout{10000};  ///< for a resource to answer; then 504
};

struct gateway_options {
  std::size_t logged_body = 80;  ///< bytes of a body in a request's log line; 0: none
  namespace_name ns;
  decode_rules decoding;
  gateway_limits limits;
  std::vector<device_options> devices;
  proxy_options proxy;
};

}  // namespace mqcoap
