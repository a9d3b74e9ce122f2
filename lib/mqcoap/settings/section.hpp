#pragma once

#include <functional>
#include <memory>
#include <mqcoap/settings/value_type.hpp>
#include <string>
#include <type_traits>
#include <vector>

namespace mqcoap {

/// Whether a key is required, and what applies if it is absent.
struct presence {
  enum class kind : std::uint8_t { required, optional, defaulted };
  kind how;
  std::string text;  ///< if defaulted, the default as written in a file; if optional, what its absence means

  /// Sets the default, as written in a file. It is parsed like any other value, so that it is
  /// defined only once.
  presence(const char* default_text) : how(kind::defaulted), text(default_text) {}
  static presence required() { return {kind::required, ""}; }
  static presence optional(std::string absent_means) { return {kind::optional, std::move(absent_means)}; }

 private:
  presence(kind h, std::string t) : how(h), text(std::move(t)) {}
};

/// A row of a field table, without the part that depends on the type to fill.
struct field_info {
  std::string name;
  std::string doc;  ///< one line
  presence when;
  std::string expected;
  boost::json::object schema;
  const section_info* section = nullptr;  ///< the section of the nested keys, if any
};

/// A field table: the keys of one section of the file. Decoding, error messages, the JSON Schema and the
/// reference page are derived from it.
struct section_info {
  std::string id;     ///< name in the schema's `$defs`
  std::string title;  ///< its place: `brokers.NAME`
  std::string doc;
  std::vector<field_info> fields;
  boost::json::object rules;  ///< rules of the schema that involve several keys
  std::vector<std::pair<std::string, std::string>> refusals;  ///< keys that are rejected here, and why
};

using suggested_keys = std::function<std::vector<std::string>()>;

/// Returns for each field, in the order of the table, its node or null. Reports unknown and missing keys. An
/// empty value counts as an empty map.
/// @param suggested  returns the keys to suggest for an unknown one; if empty, the keys of the table
///   are suggested
/// @return nothing if `n` is not a map
std::optional<std::vector<const node*>> match_fields(const section_info& table, const node& n,
                                                     read_context& ctx, const suggested_keys& suggested = {});

/// Returns the default for an absent key; null if it has none.
const node* default_of(const field_info& field, read_context& ctx);

/// A row of the table of a section that fills a `T`.
template <class T>
struct table_row {
  field_info info;
  /// Returns false after reporting an error in the value.
  std::function<bool(T&, const node&, read_context&)> decode;
};

/// Returns the row of a key that is read as `type` and stored in `target`: a member of T (of that type, or an
/// optional of it), or a function that takes a T& and the value.
template <class T, class V, class Target>
table_row<T> key(std::string name, value_type<V> type, presence when, std::string doc, Target target) {
  return {{std::move(name), std::move(doc), std::move(when), type.expected, type.schema, type.section},
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

  /// Reads all keys; the members of keys with errors keep their initial values.
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

/// Reads a map with the keys of a section.
template <class T>
value_type<T> map_with(const section<T>& table) {
  return {"a map",
          {{"$ref", "#/$defs/" + table.id}},
          [&table](const node& n, read_context& ctx) { return table.read(n, ctx); },
          &table};
}

}  // namespace mqcoap
