#include <mqcoap/config/resource_section.hpp>

#include <algorithm>
#include <mqcoap/config/event_section.hpp>
#include <mqcoap/config/kind_text.hpp>
#include <mqcoap/resource/kinds.hpp>
#include <mqcoap/settings/common_types.hpp>
#include <stdexcept>
#include <utility>

namespace mqcoap::config {
namespace {

std::string names_with_paths(const std::vector<const kind_module*>& kinds, subtree_paths paths) {
  std::vector<std::string> names;
  for (const auto* kind : kinds)
    if (kind->traits().paths == paths) names.push_back(kind->name());
  return enumerated(names, "`");
}

std::string names_with_patterns(const std::vector<const kind_module*>& kinds) {
  std::vector<std::string> names;
  for (const auto* kind : kinds)
    if (kind->traits().takes_patterns) names.push_back(kind->name());
  return enumerated(names, "`");
}

std::string doc_of(const std::vector<const kind_module*>& kinds) {
  return "One resource. Its kind is given by one of the keys " + enumerated(names_of(kinds), "`") +
         ". PATH is like `gains` or `supply/voltage`; with " +
         names_with_paths(kinds, subtree_paths::required) +
         " it ends in `/**` (or is `**`) and stands for everything below, and with " +
         names_with_paths(kinds, subtree_paths::allowed) + " it may; with " + names_with_patterns(kinds) +
         " a `*` may stand for one segment. `.well-known/core` is served automatically, and paths under "
         "`.gw/` are the gateway's own.";
}

const kind_field& field_of(const key_beside::owner& each) { return each.kind->fields()[each.field]; }

/// Returns a single field for all kinds that have it.
field_info merged(const key_beside& key) {
  field_info field = field_of(key.owners.front()).info;
  std::string absent;
  for (const auto& each : key.owners) {
    const auto& [info, bounds, rule] = field_of(each);
    if (info.expected != field.expected)
      throw std::logic_error("kinds of resources read the key '" + key.name + "' in different ways");
    if (!bounds.empty()) field.doc += "; with `" + each.kind->name() + "` " + bounds;
    absent.append(absent.empty() ? "" : ", ").append(info.when.text + " for `" + each.kind->name() + '`');
  }
  field.doc += ". Only with " + enumerated(key.kinds(), "`") + '.';
  const bool is_same_for_all = std::all_of(key.owners.begin(), key.owners.end(), [&field](const auto& each) {
    return field_of(each).info.when.text == field.when.text;
  });
  if (!is_same_for_all) field.when.text = absent;
  return field;
}

boost::json::object requires_key(const std::string& name) { return {{"required", boost::json::array{name}}}; }

/// Returns the rule that a further key of a kind implies for a resource.
boost::json::object rule_of(const key_beside& key) {
  boost::json::array owners;
  for (const auto& each : key.owners) {
    auto rule = requires_key(each.kind->name());
    for (const auto& word : field_of(each).rule) rule[word.key()] = word.value();
    owners.emplace_back(std::move(rule));
  }
  if (owners.size() == 1) return owners.front().as_object();
  return {{"anyOf", std::move(owners)}};
}

/// Requires exactly one key of a kind, and allows its further keys only together with it.
boost::json::object one_kind_rule(const std::vector<const kind_module*>& kinds,
                                  const std::vector<key_beside>& beside) {
  boost::json::array names;
  for (const auto* kind : kinds) names.emplace_back(requires_key(kind->name()));
  boost::json::object dependent;
  for (const auto& key : beside) dependent[key.name] = rule_of(key);
  return {{"oneOf", std::move(names)}, {"dependentSchemas", std::move(dependent)}};
}

std::vector<table_row<resource_spec>> common_rows() {
  return {
      key<resource_spec>("unit", text("a unit like V"), presence::optional("none"),
                         "The SenML or UCUM name of the unit, for discovery.", &resource_spec::unit),
      key<resource_spec>("title", text("a text"), presence::optional("none"),
                         "A title for people, for discovery.", &resource_spec::title),
      key<resource_spec>("publish", with_place(map_with(event_section())), presence::optional("no events"),
                         "When the value is published as an event. For resources that allow GET.",
                         &resource_spec::publish)};
}

}  // namespace

std::vector<std::string> key_beside::kinds() const {
  std::vector<std::string> names;
  for (const auto& each : owners) names.push_back(each.kind->name());
  return names;
}

resource_table::resource_table(const std::vector<const kind_module*>& kinds)
    : section_info{"resource", "devices.TAG.resources.PATH", doc_of(kinds), {}, {}, {}},
      kinds_(kinds),
      common_(common_rows()) {
  for (const auto* kind : kinds_) fields.push_back(kind->key());
  add_keys_beside();
  for (const auto& row : common_) fields.push_back(row.info);
  rules = one_kind_rule(kinds_, beside_);
}

void resource_table::add_keys_beside() {
  for (const auto* kind : kinds_)
    for (std::size_t i = 1; i < kind->fields().size(); ++i) {
      const auto& name = kind->fields()[i].info.name;
      auto known = std::find_if(beside_.begin(), beside_.end(),
                                [&name](const key_beside& key) { return key.name == name; });
      if (known == beside_.end()) known = beside_.insert(beside_.end(), key_beside{name, {}});
      known->owners.push_back({kind, i});
    }
  for (const auto& key : beside_) fields.push_back(merged(key));
}

std::optional<resource_spec> resource_table::read(const node& n, read_context& ctx) const {
  const auto found = match_fields(*this, n, ctx, [&] { return keys_beside(n); });
  if (!found) return std::nullopt;
  resource_spec into;
  for (std::size_t i = 0; i < kinds_.size(); ++i)
    if ((*found)[i] != nullptr) read_kind(i, *found, ctx, into);
  read_rest(*found, ctx, into);
  return into;
}

/// Returns the keys that a resource may have in addition to its present keys, according to the kind that it
/// names; if it names none, the keys that name the kinds.
std::vector<std::string> resource_table::keys_beside(const node& n) const {
  std::vector<std::string> keys;
  const auto add = [&keys](const std::string& name) {
    if (std::find(keys.begin(), keys.end(), name) == keys.end()) keys.push_back(name);
  };
  for (const auto* kind : kinds_)
    if (n.find(kind->name()) != nullptr)
      for (const auto& field : kind->fields()) add(field.info.name);
  if (keys.empty())
    for (const auto* kind : kinds_) add(kind->name());
  for (const auto& row : common_) add(row.info.name);
  return keys;
}

/// Reads the keys of one named kind.
void resource_table::read_kind(std::size_t which, const found_nodes& found, read_context& ctx,
                               resource_spec& into) const {
  const auto& kind = *kinds_[which];
  std::shared_ptr<kind_reading> keys = kind.begin();
  const bool is_good = keys->read(0, *found[which], ctx);
  for (std::size_t j = 0; j < beside_.size(); ++j)
    for (const auto& each : beside_[j].owners) {
      if (each.kind != &kind) continue;
      const auto* const at = found[kinds_.size() + j];
      const auto* const from = at != nullptr ? at : default_of(field_of(each).info, ctx);
      if (from != nullptr && keys->read(each.field, *from, ctx) && at != nullptr)
        into.beside.push_back({&beside_[j], at});
    }
  if (is_good) into.kinds.push_back({&kind, found[which], std::move(keys)});
}

/// Reads the keys of kinds that are not named, only to report their errors, and the keys that every resource
/// may have.
void resource_table::read_rest(const found_nodes& found, read_context& ctx, resource_spec& into) const {
  for (std::size_t j = 0; j < beside_.size(); ++j) {
    const auto& key = beside_[j];
    const auto* const at = found[kinds_.size() + j];
    const auto is_named = [&](const key_beside::owner& each) {
      const auto which = std::find(kinds_.begin(), kinds_.end(), each.kind) - kinds_.begin();
      return found[static_cast<std::size_t>(which)] != nullptr;
    };
    if (at == nullptr || std::any_of(key.owners.begin(), key.owners.end(), is_named)) continue;
    const auto& any = key.owners.front();
    if (any.kind->begin()->read(any.field, *at, ctx)) into.beside.push_back({&key, at});
  }
  for (std::size_t i = 0; i < common_.size(); ++i)
    if (const auto* const from = found[kinds_.size() + beside_.size() + i])
      common_[i].decode(into, *from, ctx);
}

const resource_table& resource_section() {
  static const resource_table table(resource_kinds());
  return table;
}

}  // namespace mqcoap::config
