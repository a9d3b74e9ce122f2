#pragma once

#include <memory>
#include <mqcoap/settings/value_type.hpp>
#include <string>
#include <type_traits>
#include <vector>

namespace mqcoap {

/// Whether a key must be there, and what holds if it is not.
struct presence {
  enum class kind : std::uint8_t { required, optional, defaulted };
  kind how;
  std::string
      text;  ///< defaulted: the default as it would stand in the file; optional: what its absence means

  /// The default, as it would stand in the file. It is read like any value: there is no second copy of it.
  presence(const char* default_text) : how(kind::defaulted), text(default_text) {}
  static presence required() { return {kind::required, ""}; }
  static presence optional(std::string absent_means) { return {kind::optional, std::move(absent_means)}; }

 private:
  presence(kind h, std::string t) : how(h), text(std::move(t)) {}
};

/// One row of a field table, as far as it does not depend on what is filled.
struct field_info {
  std::string name;
  std::string doc;  ///< one line
  presence when;
  std::string words;
  boost::json::object schema;
  const section_info* section = nullptr;  ///< whose keys stand within, if any
};

/// A field table: the keys of one section of the file. It drives decoding, error texts, the JSON Schema and
/// the reference page.
struct section_info {
  std::string id;     ///< in the schema's `$defs`
  std::string title;  ///< where it stands: `brokers.NAME`
  std::string doc;
  std::vector<field_info> fields;
  boost::json::object rules;                                  ///< of the schema, over several keys
  std::vector<std::pair<std::string, std::string>> refusals;  ///< keys that are no keys here, and why
};

/// For each field, in the order of the table, the node that holds it or null. Reports unknown and missing
/// keys. Nothing at all counts as an empty map. @return nothing if it is no map
std::optional<std::vector<const node*>> match_fields(const section_info& table, const node& n,
                                                     read_context& ctx);

/// What holds if a key is left out; null: nothing.
const node* default_of(const field_info& field, read_context& ctx);

/// A row of the table of a section that fills a `T`.
template <class T>
struct table_row {
  field_info info;
  /// False if the value is at fault, which is in the report then.
  std::function<bool(T&, const node&, read_context&)> decode;
};

/// A key that is read as `type` and stored in `target`: a member of T (of that type, or an optional of it),
/// or a function that takes a T& and the value.
template <class T, class V, class Target>
table_row<T> key(std::string name, value_type<V> type, presence when, std::string doc, Target target) {
  return {{std::move(name), std::move(doc), std::move(when), type.words, type.schema, type.section},
          [read = type.read, target](T& into, const node& n, read_context& ctx) {
            auto value = read(n, ctx);
            if (!value) return false;
            if constexpr (std::is_member_object_pointer_v<Target>)
              into.*target = *std::move(value);
            else
              target(into, *std::move(value));
            return true;
          }};
}

template <class T>
class section : public section_info {
 public:
  section(std::string id_, std::string title_, std::string doc_, std::vector<table_row<T>> rows,
          boost::json::object rules_ = {}, std::vector<std::pair<std::string, std::string>> refusals_ = {})
      : section_info{std::move(id_),    std::move(title_),   std::move(doc_), {},
                     std::move(rules_), std::move(refusals_)} {
    for (auto& row : rows) {
      fields.push_back(std::move(row.info));
      decode_.push_back(std::move(row.decode));
    }
  }

  /// What could be read; members whose keys are at fault keep their initial values.
  std::optional<T> read(const node& n, read_context& ctx) const {
    const auto found = match_fields(*this, n, ctx);
    if (!found) return std::nullopt;
    T into{};
    for (std::size_t i = 0; i < decode_.size(); ++i)
      if (const node* from = (*found)[i] != nullptr ? (*found)[i] : default_of(fields[i], ctx))
        decode_[i](into, *from, ctx);
    return into;
  }

 private:
  std::vector<std::function<bool(T&, const node&, read_context&)>> decode_;
};

/// A map with the keys of a section.
template <class T>
value_type<T> map_with(const section<T>& table) {
  return {"a map",
          {{"$ref", "#/$defs/" + table.id}},
          [&table](const node& n, read_context& ctx) { return table.read(n, ctx); },
          &table};
}

}  // namespace mqcoap
