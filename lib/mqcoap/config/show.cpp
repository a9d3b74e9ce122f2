#include <mqcoap/config/show.hpp>

#include <algorithm>
#include <cstdint>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/config/all_sections.hpp>
#include <mqcoap/config/document_set.hpp>
#include <mqcoap/config/loader.hpp>
#include <mqcoap/config/template_merge.hpp>
#include <mqcoap/config/yaml_reader.hpp>
#include <mqcoap/settings/scalar.hpp>
#include <utility>

namespace mqcoap::config {
namespace {

constexpr std::string_view covered = "\"***\"";

bool is_plain_char(char c) { return is_name_char(c) || c == '/' || c == ':' || c == '*'; }

/// Returns true for a text that YAML reads as the same text without quotes, in a block and in a list. False
/// for some texts that would not need quotes.
bool is_plain(const std::string& text) {
  if (text.empty() || !(is_name_char(text.front()) || text.front() == '/') || text.front() == '-')
    return false;
  if (text.back() == ':' || !std::all_of(text.begin(), text.end(), is_plain_char)) return false;
  node unquoted;
  unquoted.what = node::kind::scalar;
  unquoted.text = text;
  return text != "null" && text != "Null" && text != "NULL" && classify(unquoted) == scalar_kind::string;
}

std::string quoted_if_needed(const std::string& text) {
  if (is_plain(text)) return text;
  std::string quoted;
  append_json_string(quoted, text);
  return safe_json(quoted);  // YAML has the same escapes
}

/// Writes a value on one line.
std::string flow(const node& n) {
  std::string out;
  switch (n.what) {
    case node::kind::null: return "null";
    case node::kind::scalar: return classify(n) == scalar_kind::string ? quoted_if_needed(n.text) : n.text;
    case node::kind::list:
      for (const node* item : n.items) out += (out.empty() ? "" : ", ") + flow(*item);
      return '[' + out + ']';
    case node::kind::map:
      for (const node* value : n.items)
        out += (out.empty() ? "" : ", ") + quoted_if_needed(value->key->text) + ": " + flow(*value);
      return '{' + out + '}';
  }
  return out;
}

/// How a value is shown.
enum class shown_as : std::uint8_t {
  secrets,  ///< the names of a map of secrets
  secret,
  as_written,
  one_map,  ///< a map with the keys of a section
  list,     ///< a list of such maps
  map       ///< a map from user-defined names to such maps
};

/// Returns how a value is shown. Its schema determines where the keys of the section are in it.
shown_as form_of(const node& n, const boost::json::object& schema, const section_info* section) {
  if (schema.contains("writeOnly"))
    return schema.contains("additionalProperties") ? shown_as::secrets : shown_as::secret;
  if (section == nullptr || n.is_scalar()) return shown_as::as_written;
  if (schema.contains("$ref") || schema.contains("anyOf")) return shown_as::one_map;
  return schema.contains("items") ? shown_as::list : shown_as::map;
}

/// Walks a tree according to the field tables. Each function returns lines without the indentation
/// of their position.
class shower {
 public:
  std::vector<std::string> lines_of(const section_info& table, const node& n) {
    std::vector<std::string> lines;
    for (const auto& field : table.fields) {
      if (field.name == "include") continue;  // the included files are already merged
      const node* value = n.is_map() ? n.find(field.name) : nullptr;
      if (value == nullptr && field.when.how == presence::kind::defaulted)
        value = read_default(field.when.text, arena_);
      if (value != nullptr) add(lines, field.name, *value, field.schema, field.section);
    }
    return lines;
  }

 private:
  using line_list = std::vector<std::string>;

  void add(line_list& lines, const std::string& name, const node& n, const boost::json::object& schema,
           const section_info* section) {
    const std::string key = quoted_if_needed(name) + ':';
    switch (form_of(n, schema, section)) {
      case shown_as::secrets: return add_block(lines, key, covered_values_of(n), "{}");
      case shown_as::secret: lines.push_back(key + ' ' + std::string(covered)); return;
      case shown_as::as_written: lines.push_back(key + ' ' + flow(n)); return;
      case shown_as::one_map: return add_block(lines, key, lines_of(*section, n), "{}", origin_text(n));
      case shown_as::list: return add_block(lines, key, items_of(*section, n), "[]");
      case shown_as::map: break;
    }
    line_list entries;
    const auto& inner = schema.at("additionalProperties").as_object();
    for (const node* value : n.items) add(entries, value->key->text, *value, inner, section);
    add_block(lines, key, entries, "{}");
  }

  /// Returns the names of a map of secrets, with their values hidden.
  static line_list covered_values_of(const node& map) {
    line_list lines;
    for (const node* value : map.items)
      lines.push_back(quoted_if_needed(value->key->text) + ": " + std::string(covered));
    return lines;
  }

  line_list items_of(const section_info& section, const node& n) {
    line_list lines;
    for (const node* item : n.items) {
      const auto inner = lines_of(section, *item);
      for (const auto& line : inner) lines.push_back((&line == &inner.front() ? "- " : "  ") + line);
    }
    return lines;
  }

  /// Returns a comment with the origin of keys from templates.
  static std::string origin_text(const node& n) {
    return n.base != nullptr ? "  # with keys of " + safe_text(key_path(*n.base)) : std::string();
  }

  static void add_block(line_list& lines, const std::string& key, const line_list& inner, const char* empty,
                        const std::string& comment = {}) {
    lines.push_back(inner.empty() ? key + ' ' + empty : key + comment);
    for (const auto& line : inner) lines.push_back("  " + line);
  }

  node_arena arena_;
};

/// Writes the same tree as JSON. It does not convert the YAML lines, because parsing those of a large
/// configuration takes as long as reading all of its files.
class json_shower {
 public:
  /// Appends a map with the keys of a section.
  void append_map(const section_info& table, const node& n) {
    opening_of one(out_, '{', '}');
    for (const auto& field : table.fields) {
      if (field.name == "include") continue;  // the included files are already merged
      const node* value = n.is_map() ? n.find(field.name) : nullptr;
      if (value == nullptr && field.when.how == presence::kind::defaulted)
        value = &defaults_.read(field.when.text);
      if (value == nullptr) continue;
      append_key(one, field.name);
      append(*value, field.schema, field.section);
    }
  }
  json_text text() const { return is_good_ ? json_text::from_validated(out_) : json_text(); }

 private:
  /// The brackets of a map or a list, and the commas in it.
  class opening_of {
   public:
    opening_of(std::string& out, char begin, char end) : out_(out), end_(end) { out_ += begin; }
    ~opening_of() { out_ += end_; }
    opening_of(const opening_of&) = delete;
    opening_of& operator=(const opening_of&) = delete;
    void next() {
      if (std::exchange(is_begun_, true)) out_ += ',';
    }

   private:
    std::string& out_;
    const char end_;
    bool is_begun_ = false;
  };

  void append_key(opening_of& map, const std::string& name) {
    map.next();
    append_json_string(out_, name);
    out_ += ':';
  }

  void append(const node& n, const boost::json::object& schema, const section_info* section) {
    switch (form_of(n, schema, section)) {
      case shown_as::secrets: return append_covered_map(n);
      case shown_as::secret: out_ += covered; return;
      case shown_as::as_written: is_good_ &= append_json(out_, n, faults_); return;
      case shown_as::one_map: return append_map(*section, n);
      case shown_as::list: return append_list(*section, n);
      case shown_as::map: break;
    }
    opening_of all(out_, '{', '}');
    const auto& inner = schema.at("additionalProperties").as_object();
    for (const node* value : n.items) {
      append_key(all, value->key->text);
      append(*value, inner, section);
    }
  }

  void append_covered_map(const node& map) {
    opening_of all(out_, '{', '}');
    for (const node* value : map.items) {
      append_key(all, value->key->text);
      out_ += covered;
    }
  }

  void append_list(const section_info& section, const node& n) {
    opening_of all(out_, '[', ']');
    for (const node* item : n.items) {
      all.next();
      append_map(section, *item);
    }
  }

  std::string out_;
  yaml_defaults defaults_;
  report faults_;
  bool is_good_ = true;
};

}  // namespace

std::string show_as_yaml(const node& root) {
  std::string yaml;
  for (const auto& line : shower().lines_of(*all_sections().front(), root)) yaml += line + '\n';
  return yaml;
}

json_text show_as_json(const node& root) {
  json_shower shower;
  shower.append_map(*all_sections().front(), root);
  return shower.text();
}

show_result show_settings(const std::string& path) {
  auto loaded = load_settings(path, effective_text::left_out);
  if (!loaded.value) return {std::nullopt, std::move(loaded.diagnostics)};
  report faults;
  const document_set documents(path, faults);
  if (documents.root() == nullptr || faults.failed())  // the file has just been changed
    return {std::nullopt, faults.take(documents.files())};
  node_arena merged;
  return {show_as_yaml(*with_templates(*documents.root(), merged)), std::move(loaded.diagnostics)};
}

}  // namespace mqcoap::config
