#include <mqcoap/config/route_types.hpp>
#include <mqcoap/config/spec.hpp>
#include <mqcoap/settings/common_types.hpp>

namespace mqcoap::config {
namespace {

using namespace std::chrono_literals;

}  // namespace

const section<match_spec>& match_section() {
  static const section<match_spec> table{
      "match",
      "proxy.routes[].match",
      "The requests that a route takes: those that match all keys.",
      {key<match_spec>("tag", list_of(name_pattern("a tag"), true), "\"*\"", "The tag of the request.",
                       &match_spec::tags),
       key<match_spec>("subsystem", list_of(name_pattern("a subsystem"), true), "\"*\"",
                       "The subsystem of the request.", &match_spec::subsystems),
       key<match_spec>(
           "path", path_pattern(), "\"**\"",
           "The path of the request; `*` stands for one segment, a final `**` for all that follow.",
           &match_spec::path),
       key<match_spec>("methods", methods(method_set::all()), "[GET, POST, PUT, DELETE]", "The method.",
                       &match_spec::methods)}};
  return table;
}

const section<target_spec>& target_section() {
  static const section<target_spec> table{
      "target",
      "proxy.routes[].to",
      "Where a route leads. Keys that are left out change nothing; `{tag}`, `{subsystem}` and `{path}` stand "
      "for those of the request.",
      {key<target_spec>("broker", with_place(plain_name("a broker's name")),
                        presence::optional("the first broker"), "The broker of the device.",
                        &target_spec::broker),
       key<target_spec>("namespace", topic_namespace(), presence::optional("`defaults.namespace`"),
                        "The namespace of the device.", &target_spec::ns),
       key<target_spec>("subsystem", name_template("a subsystem"), presence::optional("as it was"),
                        "The subsystem there, e.g. `\"ino-{subsystem}\"`.", &target_spec::subsystem),
       key<target_spec>("tag", name_template("a tag"), presence::optional("as it was"),
                        "The tag of the device.", &target_spec::tag),
       key<target_spec>("path", path_template(), presence::optional("as it was"),
                        "The path there, e.g. `\"v1/{path}\"`.", &target_spec::path)}};
  return table;
}

const section<route_spec>& route_section() {
  static const section<route_spec> table{
      "route",
      "proxy.routes[]",
      "A rule for forwarding requests. The first match applies.",
      {key<route_spec>("name", with_place(plain_name("a route's name")), presence::required(),
                       "A unique name, for logs and counters.", &route_spec::name),
       key<route_spec>("match", with_place(map_with(match_section())), "{}", "The requests that it takes.",
                       &route_spec::match),
       key<route_spec>("to", with_place(map_with(target_section())), "{}", "Where it leads.",
                       &route_spec::to),
       key<route_spec>(
           "serve", with_place(boolean()), "false",
           "The gateway answers for the matched tags, whose devices are on another broker, in another "
           "namespace, or have another tag.",
           &route_spec::serve),
       key<route_spec>("timeout", duration(1ms, 10min), presence::optional("`defaults.timeout`"),
                       "How long the device may take; after that 504.", &route_spec::timeout),
       key<route_spec>("in_flight", integer(1, 1024), "1",
                       "Requests that one device gets at a time; others are queued.",
                       [](route_spec& r, std::int64_t n) { r.in_flight = static_cast<std::size_t>(n); }),
       key<route_spec>(
           "queue", integer(0, 65536), "1000",
           "Requests that may wait for one device; further ones get 503. A device gets at most half of "
           "`limits.in_flight`, 512 by default, and 503 beyond that.",
           [](route_spec& r, std::int64_t n) { r.queue = static_cast<std::size_t>(n); }),
       key<route_spec>(
           "wire", choice<wire_format>({{"full", wire_format::full}, {"compact", wire_format::compact}}),
           "full",
           "`compact`: no nulls, the method as an integer; fits the small buffer of a microcontroller.",
           &route_spec::wire),
       key<route_spec>("token", secret_text(), presence::optional("none"),
                       "The token for the device; the caller's own token is not forwarded. Written like a "
                       "broker's password.",
                       &route_spec::token)}};
  return table;
}

const section<proxy_spec>& proxy_section() {
  static const section<proxy_spec> table{
      "proxy",
      "proxy",
      "Forwarding to other devices.",
      {key<proxy_spec>(
           "forward", with_place(tag_name()), presence::optional("no forwarding: 505"),
           "The tag that accepts `proxy_uri` and the subsystem `proxy`. It need not be one of `devices`.",
           &proxy_spec::forward),
       key<proxy_spec>("routes", sequence_of(with_place(map_with(route_section())), "a list of routes"), "[]",
                       "The routes, in order: the first match applies; without a match 505.",
                       &proxy_spec::routes)}};
  return table;
}

}  // namespace mqcoap::config
