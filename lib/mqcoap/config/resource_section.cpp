#include <mqcoap/config/resource_types.hpp>
#include <mqcoap/config/spec.hpp>
#include <mqcoap/settings/common_types.hpp>

namespace mqcoap {
namespace {

/// Exactly one key of a kind; `methods`, `schema` and `metric` only where they mean something.
boost::json::object one_kind_rule() {
  boost::json::array kinds;
  for (auto kind : {"value", "collection", "action", "reply", "signal", "proxy"})
    kinds.emplace_back(boost::json::object{{"required", boost::json::array{kind}}});
  boost::json::array with_methods{kinds.at(0), kinds.at(3)};
  boost::json::object metric = kinds.at(0).as_object();
  metric["if"] = {{"properties", {{"metric", {{"const", true}}}}}};
  metric["then"] = {{"properties", {{"value", {{"type", "number"}}}}}};
  return {{"oneOf", kinds},
          {"dependentSchemas", boost::json::object{{"methods", boost::json::object{{"anyOf", with_methods}}},
                                                   {"schema", kinds.at(0)},
                                                   {"metric", metric}}}};
}

table_row<action_spec> entries_key(std::string name, std::string doc, json_entries action_spec::*target) {
  return key<action_spec>(std::move(name),
                          map_of(value_path(), any_json(), "a map from paths of this device to values"), "{}",
                          std::move(doc), target);
}

}  // namespace

const section<collection_spec>& collection_section() {
  static const section<collection_spec> table{
      "collection",
      "devices.TAG.resources.PATH.collection",
      "A list that grows by POST: 201, with the path of the new item in `location`. Items are read, replaced "
      "and deleted "
      "under `PATH/NUMBER`.",
      {key<collection_spec>("max", integer(1, 1'000'000), "1000",
                            "Items that it may hold; a POST to a full one gets 413.",
                            [](collection_spec& c, std::int64_t n) { c.max = static_cast<std::size_t>(n); }),
       key<collection_spec>("schema", with_place(schema_words()), presence::optional("anything"),
                            "JSON Schema of one item, in the words of docs/schema.md.",
                            &collection_spec::schema)}};
  return table;
}

const section<action_spec>& action_section() {
  static const section<action_spec> table{
      "action",
      "devices.TAG.resources.PATH.action",
      "POST runs it: 203. It works on value resources of the same device, which are named by their paths.",
      {entries_key("when",
                   "What must hold, else 412. Of an object, the members named must be equal; anything else "
                   "must be equal as "
                   "a whole.",
                   &action_spec::when),
       entries_key("set", "What is stored then, all in one step.", &action_spec::set)}};
  return table;
}

const section<resource_spec>& resource_section() {
  static const section<resource_spec> table{
      "resource",
      "devices.TAG.resources.PATH",
      "One resource. Its kind is told by one of the keys `value`, `collection`, `action`, `reply`, `signal` "
      "and `proxy`. "
      "PATH is like `gains` or `supply/voltage`; with `proxy` it ends in `/**` (or is `**`) and stands for "
      "all below, and with `reply` it may. "
      "`.well-known/core` is served by itself, and paths under `.gw/` are the gateway's own.",
      {key<resource_spec>(
           "value", with_place(any_json()), presence::optional("another kind"),
           "A value in memory, and what it is at the beginning. GET gives it, PUT replaces it.",
           &resource_spec::value),
       key<resource_spec>("collection", with_place(map_with(collection_section())),
                          presence::optional("another kind"), "A list that grows by POST.",
                          &resource_spec::collection),
       key<resource_spec>("action", with_place(map_with(action_section())),
                          presence::optional("another kind"), "Something that POST runs.",
                          &resource_spec::action),
       key<resource_spec>(
           "reply", with_place(fixed_reply()), presence::optional("another kind"),
           "The same answer to every request; a code of 400 and above needs words in the body.",
           &resource_spec::reply),
       key<resource_spec>(
           "signal", with_place(signal_expression()), presence::optional("another kind"),
           "A number that is computed at each GET. `t`: seconds since the start; `noise()`: normal, mean 0, "
           "deviation 1; `pi`, `e` and the functions of muParser, among which are no `%`, `mod` and `floor`: "
           "rounding down is `rint(x - 0.5)`, the remainder of a/b `a - b*rint(a/b - 0.5)`.",
           &resource_spec::signal),
       key<resource_spec>(
           "proxy", with_place(mount()), presence::optional("another kind"),
           "Everything below PATH is asked of another device: `probe/**: {proxy: TAG/SUBSYSTEM}` leads from "
           "`probe/gains` to `gains` there.",
           &resource_spec::proxy),
       key<resource_spec>("methods", with_place(methods(method_set::all())),
                          presence::optional("[GET] for `value`, all for `reply`"),
                          "What is allowed; with `value` out of GET and PUT. Only with `value` and `reply`.",
                          &resource_spec::methods),
       key<resource_spec>(
           "schema", with_place(schema_words()), presence::optional("anything"),
           "JSON Schema of what may be stored, the value here included, in the words of docs/schema.md. "
           "Only with `value`.",
           &resource_spec::schema),
       key<resource_spec>("metric", with_place(boolean()), presence::optional("`false`"),
                          "Whether the value is also the metric `mqcoap_resource_value`; see `http`. It is a "
                          "number then: a PUT "
                          "of anything else gets 400. Only with `value`.",
                          &resource_spec::metric),
       key<resource_spec>("unit", text("a unit like V"), presence::optional("none"),
                          "SenML or UCUM name of the unit, for discovery.", &resource_spec::unit),
       key<resource_spec>("title", text("a text"), presence::optional("none"),
                          "One line for a person, for discovery.", &resource_spec::title)},
      one_kind_rule()};
  return table;
}

}  // namespace mqcoap
