#include <algorithm>
#include <mqcoap/config/all_sections.hpp>
#include <mqcoap/config/event_section.hpp>
#include <mqcoap/config/resource_section.hpp>
#include <mqcoap/config/spec.hpp>
#include <mqcoap/resource/kinds.hpp>
#include <mqcoap/settings/common_types.hpp>
#include <mqcoap/settings/scalar.hpp>

namespace mqcoap::config {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t spoken_version = 1;

/// Reads the version. It has a separate type, because a newer version needs a better message than
/// "out of range".
value_type<std::int64_t> version_number() {
  return {
      "1", {{"const", spoken_version}}, [](const node& n, read_context& ctx) -> std::optional<std::int64_t> {
        const auto version = to_int64(n);
        if (version == spoken_version) return version;
        if (version && *version > spoken_version)
          ctx.faults.error(n, "version " + n.text + " is newer than this program, which reads version 1",
                           "install a newer mqcoap");
        else
          mismatch(n, "1", ctx, "version: 1");
        return std::nullopt;
      }};
}

/// Reads the patterns, only for the description: includes are resolved before the sections are read.
/// There may be none, so that every entry may be commented out.
value_type<std::vector<std::string>> file_patterns() {
  auto patterns = list_of(text("a file name or pattern"), true);
  auto& forms = patterns.schema["anyOf"].as_array();
  forms.back().as_object().erase("minItems");
  forms.push_back(boost::json::object{{"type", "null"}});
  patterns.read = [some = patterns.read](const node& n, read_context& ctx) {
    const bool is_empty = n.is_null() || (n.is_list() && n.items.empty());
    return is_empty ? std::optional(std::vector<std::string>()) : some(n, ctx);
  };
  return patterns;
}

value_type<std::vector<named<std::string, broker_spec>>> broker_map() {
  auto brokers =
      map_of(plain_name("a broker's name"), map_with(broker_section()), "a map from names to brokers");
  auto schema = brokers.schema;
  schema["type"] = "object";
  schema["minProperties"] = 1;
  return refine(brokers, brokers.expected, schema, [](auto read, const node& n, read_context& ctx) {
    if (n.items.empty())
      ctx.faults.error(n, "no broker is named", "leave `brokers` out to use localhost:1883");
    return std::optional(std::move(read));
  });
}

}  // namespace

const section<defaults_spec>& defaults_section() {
  static const section<defaults_spec> table{
      "defaults",
      "defaults",
      "Defaults for all devices and routes.",
      {key<defaults_spec>("namespace", topic_namespace(), "gf_int_v1",
                          "The first level of every topic: the gateway answers requests in this namespace.",
                          &defaults_spec::ns),
       key<defaults_spec>(
           "timeout", duration(1ms, 10min), "4s",
           "How long a proxied request may take; after that 504. Python callers time out after 5 s.",
           &defaults_spec::timeout),
       key<defaults_spec>(
           "validation",
           choice<validation>({{"strict", validation::strict}, {"lenient", validation::lenient}}), "strict",
           "`lenient` also accepts short ids and payloads without a timestamp, for microcontrollers "
           "without a clock.",
           &defaults_spec::ids)}};
  return table;
}

const section<limits_spec>& limits_section() {
  static const section<limits_spec> table{
      "limits",
      "limits",
      "Limits for messages and requests.",
      {key<limits_spec>("payload", size(1024, 64u << 20), "256KiB",
                        "The largest payload of a message; a larger one gets 413.",
                        [](limits_spec& l, std::size_t n) { l.payload.payload = n; }),
       key<limits_spec>(
           "depth", integer(2, 128), "32", "The deepest nesting of objects and arrays in a payload.",
           [](limits_spec& l, std::int64_t n) { l.payload.depth = static_cast<std::size_t>(n); }),
       key<limits_spec>("path", size(16, 4096), "255B", "The longest path of a resource.",
                        [](limits_spec& l, std::size_t n) { l.payload.path = n; }),
       key<limits_spec>(
           "in_flight", integer(1, 65536), "1024",
           "Requests that are forwarded and not yet answered; further ones get 503. No device gets more of "
           "these places than are left for the others, so that one that does not answer takes at most half "
           "of "
           "them. The gateway's own resources need none.",
           [](limits_spec& l, std::int64_t n) { l.in_flight = static_cast<std::size_t>(n); }),
       key<limits_spec>(
           "handler_timeout", duration(1ms, 10min), "10s",
           "How long a resource of the gateway itself may take to answer; after that the request gets 504. "
           "Proxied requests have the timeout of their route.",
           &limits_spec::handler_timeout),
       key<limits_spec>(
           "exec", integer(1, 1024), "4",
           "Programs of `exec` resources and of actions that run at a time; further requests wait for a "
           "place. No resource or action takes more of these places than are left for the others, so that "
           "one whose program hangs takes at most half of them.",
           [](limits_spec& l, std::int64_t n) { l.exec = static_cast<std::size_t>(n); })}};
  return table;
}

const section<root_spec>& root_section() {
  static const section<root_spec> table{
      "root",
      "",
      "The keys of the file.",
      {key<root_spec>("version", version_number(), presence::required(),
                      "The version of this format. Included files may leave it out.",
                      [](root_spec&, std::int64_t) {}),
       key<root_spec>(
           "include", file_patterns(), presence::optional("nothing"),
           "More files, relative to this one, `*` and `?` allowed. They add brokers, templates, devices and "
           "routes; defining anything twice is an error. Not in included files.",
           [](root_spec&, const std::vector<std::string>&) {}),
       key<root_spec>("brokers", broker_map(), "{default: {url: 'mqtt://localhost:1883'}}",
                      "The MQTT brokers. The first is the default: the gateway answers there.",
                      &root_spec::brokers),
       key<root_spec>("defaults", map_with(defaults_section()), "{}", "Defaults for all devices and routes.",
                      &root_spec::defaults),
       key<root_spec>("templates",
                      map_of(plain_name("a template's name"), map_with(template_section()),
                             "a map from names to templates"),
                      "{}", "Descriptions that several devices share; see `devices.TAG.like`.",
                      &root_spec::templates),
       key<root_spec>("devices", map_of(tag_name(), map_with(device_section()), "a map from tags to devices"),
                      "{}", "The tags that this gateway answers for.", &root_spec::devices),
       key<root_spec>("proxy", map_with(proxy_section()), "{}", "Forwarding to other devices.",
                      &root_spec::proxy),
       key<root_spec>("limits", map_with(limits_section()), "{}", "Limits for messages and requests.",
                      &root_spec::limits),
       key<root_spec>("logging", map_with(logging_section()), "{}", "The log of the gateway.",
                      &root_spec::logging),
       key<root_spec>("state", map_with(state_section()), "{}",
                      "Where the state of resources with `persist` is kept.", &root_spec::state),
       key<root_spec>("standby", with_place(map_with(standby_section())),
                      presence::optional("this gateway serves"),
                      "One of several gateways serves, the others wait.", &root_spec::standby),
       key<root_spec>("http", http_or_off(), "off", "Metrics and health over HTTP; `off` disables them.",
                      &root_spec::http)}};
  return table;
}

namespace {

/// Adds the sections of the keys within a section, each followed by those within it.
void add_parts(const section_info& whole, std::vector<const section_info*>& all) {
  for (const auto& field : whole.fields) {
    if (field.section == nullptr || std::find(all.begin(), all.end(), field.section) != all.end()) continue;
    all.push_back(field.section);
    add_parts(*field.section, all);
  }
}

}  // namespace

std::vector<const section_info*> all_sections() {
  std::vector<const section_info*> all{&root_section(),     &broker_section(),   &tls_section(),
                                       &defaults_section(), &template_section(), &device_section(),
                                       &resource_section()};
  add_parts(resource_section(), all);
  all.insert(all.end(),
             {&proxy_section(), &route_section(), &match_section(), &target_section(), &limits_section(),
              &logging_section(), &state_section(), &standby_section(), &http_section()});
  return all;
}

}  // namespace mqcoap::config
