#include <mqcoap/config/kind_text.hpp>
#include <mqcoap/config/resource_section.hpp>
#include <mqcoap/config/spec.hpp>
#include <mqcoap/resource/path_types.hpp>
#include <mqcoap/settings/common_types.hpp>

namespace mqcoap::config {
namespace {

table_row<device_spec> description_key() {
  return key<device_spec>("description", text("a text"), presence::optional("none"),
                          "A description for people.", &device_spec::description);
}

table_row<device_spec> subsystems_key() {
  return key<device_spec>("subsystems", list_of(subsystem()), presence::optional("any"),
                          "The subsystems under which it answers.", &device_spec::subsystems);
}

value_type<resource_spec> resource_map() {
  const auto& table = resource_section();
  return {"a map",
          {{"$ref", "#/$defs/" + table.id}},
          [&table](const node& n, read_context& ctx) { return table.read(n, ctx); },
          &table};
}

table_row<device_spec> resources_key() {
  return key<device_spec>("resources",
                          map_of(resource_key(), resource_map(), "a map from paths to resources"), "{}",
                          "The resources, by path.", &device_spec::resources);
}

table_row<device_spec> presence_key() {
  return key<device_spec>(
      "presence", boolean(), presence::optional("false"),
      "Announces the device: a retained message, ONLINE while the gateway answers for it, else OFFLINE, "
      "under `NAMESPACE/gateway/system/TAG/presence`. Needs a separate connection.",
      &device_spec::presence);
}

table_row<device_spec> durable_dedup_key() {
  return key<device_spec>(
      "durable_dedup", boolean(), presence::optional("false"),
      "Whether each POST, PUT and DELETE is recorded on disk before it is run, so that it runs only once "
      "even if the gateway crashes meanwhile; see `state` and docs/protocol.md, \"Run once\".",
      &device_spec::durable_dedup);
}

}  // namespace

const section<device_spec>& template_section() {
  static const section<device_spec> table{
      "template",
      "templates.NAME",
      "Keys that several devices share: all keys of a device except `like`. Templates do not build on "
      "templates.",
      {description_key(), subsystems_key(), presence_key(), durable_dedup_key(), resources_key()},
      {},
      {{"like", "a template cannot be like another one"}}};
  return table;
}

const section<device_spec>& device_section() {
  static const section<device_spec> table{
      "device",
      "devices.TAG",
      "One tag that the gateway answers for. Keys next to `like` are added to the template: a `description`, "
      "`subsystems`, `presence` or `durable_dedup` replaces the template's. A resource of the same path and "
      "kind keeps the template's keys that it does not name itself, also those within " +
          enumerated(names_of_kinds_with_keys(), "`") +
          "; one of "
          "another kind replaces the template's. `mqcoap config show` shows the result.",
      {key<device_spec>("like", with_place(plain_name("a template's name")),
                        presence::optional("no template"), "The template of this device.",
                        &device_spec::like),
       description_key(), subsystems_key(), presence_key(), durable_dedup_key(), resources_key()}};
  return table;
}

}  // namespace mqcoap::config
