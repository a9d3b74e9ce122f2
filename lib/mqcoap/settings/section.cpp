#include <mqcoap/settings/section.hpp>

#include <algorithm>
#include <mqcoap/settings/suggest.hpp>

namespace mqcoap {
namespace {

std::vector<std::string> names_of(const section_info& table) {
  std::vector<std::string> names;
  for (const auto& field : table.fields) names.push_back(field.name);
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& name : names) all.append(all.empty() ? "" : ", ").append(name);
  return all;
}

std::string hint_for(const section_info& table, const std::string& key, const suggested_keys& suggested) {
  for (const auto& [refused, why] : table.refusals)
    if (refused == key) return why;
  return suggest(key, suggested ? suggested() : names_of(table));
}

}  // namespace

void mismatch(const node& at, const std::string& expected, read_context& ctx, std::string hint) {
  ctx.faults.error(at, "expected " + expected + ", found " + describe(at), std::move(hint));
}

const node* default_of(const field_info& field, read_context& ctx) {
  return field.when.how == presence::kind::defaulted ? &ctx.defaults.read(field.when.text) : nullptr;
}

std::optional<std::vector<const node*>> match_fields(const section_info& table, const node& n,
                                                     read_context& ctx, const suggested_keys& suggested) {
  if (!n.is_map() && !n.is_null()) {
    mismatch(n, "a map", ctx, "with keys out of " + joined(names_of(table)));
    return std::nullopt;
  }
  std::vector<const node*> found(table.fields.size());
  for (const node* value : n.items) {
    const auto& key = *value->key;
    const auto field = std::find_if(table.fields.begin(), table.fields.end(),
                                    [&key](const field_info& f) { return f.name == key.text; });
    if (field == table.fields.end())
      ctx.faults.error(key, "unknown key '" + key.text + '\'', hint_for(table, key.text, suggested));
    else
      found[static_cast<std::size_t>(field - table.fields.begin())] = value;
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto& field = table.fields[i];
    if (found[i] == nullptr && field.when.how == presence::kind::required)
      ctx.faults.error_in(n, "the key '" + field.name + "' is missing", field.name + ": " + field.expected);
  }
  return found;
}

}  // namespace mqcoap
