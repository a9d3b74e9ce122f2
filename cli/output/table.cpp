#include "output/table.hpp"

#include <algorithm>
#include <mqcoap/base/safe_text.hpp>

#include "words/json_parts.hpp"

namespace mqcoap::cli {
namespace {

using row = std::vector<std::string>;

std::string table_cell(std::string_view value) {
  if (value.empty() || value == "null") return {};
  return csv_cell(value.front() == '"' ? decode_json_string(value) : std::string(value));
}

void append_line(std::string& out, const row& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += ',';
    out += cells[i];
  }
  out += '\n';
}

/// Returns the keys of all objects without duplicates, in the order of their first appearance.
std::vector<std::string_view> all_keys(const std::vector<std::string_view>& objects) {
  std::vector<std::string_view> keys;
  for (const auto object : objects)
    for (const auto& m : members_of(object))
      if (std::find(keys.begin(), keys.end(), m.key) == keys.end()) keys.push_back(m.key);
  return keys;
}

std::string table_of_objects(const std::vector<std::string_view>& objects) {
  const auto keys = all_keys(objects);
  std::string out;
  row header;
  for (const auto key : keys) header.push_back(table_cell(key));
  append_line(out, header);
  for (const auto object : objects) {
    const auto members = members_of(object);
    row cells;
    for (const auto key : keys) {
      const auto found =
          std::find_if(members.begin(), members.end(), [key](auto& m) { return m.key == key; });
      cells.push_back(found == members.end() ? std::string() : table_cell(found->value));
    }
    append_line(out, cells);
  }
  return out;
}

std::string table_of_lists(const std::vector<std::string_view>& lists) {
  std::string out;
  for (const auto list : lists) {
    row cells;
    for (const auto item : items_of(list)) cells.push_back(table_cell(item));
    append_line(out, cells);
  }
  return out;
}

bool all_begin_with(const std::vector<std::string_view>& values, char bracket) {
  return !values.empty() &&
         std::all_of(values.begin(), values.end(), [bracket](auto v) { return v.front() == bracket; });
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string csv_cell(std::string_view from) {
  auto text = escaped_text(from);
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string to_csv(const json_text& json) {
  const auto text = json.text();
  if (text.front() == '{') return table_of_objects({text});
  if (text.front() != '[') return table_cell(text) + '\n';
  const auto items = items_of(text);
  if (all_begin_with(items, '{')) return table_of_objects(items);
  if (all_begin_with(items, '[')) return table_of_lists(items);
  std::string out;
  for (const auto item : items) append_line(out, {table_cell(item)});
  return out;
}

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& r : rows) {
    widths.resize(std::max(widths.size(), r.size()));
    for (std::size_t i = 0; i < r.size(); ++i) widths[i] = std::max(widths[i], columns_of(r[i]));
  }
  std::string out;
  for (const auto& r : rows) {
    std::string line;
    for (std::size_t i = 0; i < r.size(); ++i) {
      line += r[i];
      if (i + 1 < r.size()) line.append(widths[i] - columns_of(r[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out.append(line).append(1, '\n');
  }
  return out;
}

}  // namespace mqcoap::cli
