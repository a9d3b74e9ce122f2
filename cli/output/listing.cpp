#include "output/listing.hpp"

#include <algorithm>
#include <charconv>
#include <mqcoap/base/glob.hpp>
#include <mqcoap/base/safe_text.hpp>

#include "output/style.hpp"
#include "output/table.hpp"
#include "words/json_parts.hpp"

namespace mqcoap::cli {
namespace {

using row = std::vector<std::string>;

std::string text_of(std::string_view value) {
  if (value.empty() || value == "null") return {};
  return safe_text(value.front() == '"' ? decode_json_string(value) : std::string(value));
}

/// Parses decimal milliseconds, written as a JSON number or a string.
std::optional<unix_millis> time_of(std::string_view value) {
  const auto digits = text_of(value);
  unix_millis time;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), time.count);
  if (digits.empty() || read.ec != std::errc{} || read.ptr != digits.data() + digits.size())
    return std::nullopt;
  return time;
}

/// Joins the cells of a row. Replaces tabs and line feeds if tabs separate the cells, which then
/// cannot contain them.
std::string joined(const row& cells, char between) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += between;
    std::string text = between == ',' ? csv_cell(cells[i]) : cells[i];
    if (between == '\t')
      std::replace_if(
          text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n'; }, ' ');
    out += text;
  }
  return out + '\n';
}

/// Returns the rows, the first of which is the header, in the requested format.
std::string show_rows(const std::vector<row>& rows, const output_format& how) {
  if (how.kind == output_kind::body && how.terminal) {
    auto text = aligned(rows);
    if (!how.colour) return text;
    const auto header_end = text.find('\n');
    return coloured(text.substr(0, header_end), colours::bold, true) + text.substr(header_end);
  }
  std::string out;
  const bool is_csv = how.kind == output_kind::csv;
  for (std::size_t i = is_csv ? 0 : 1; i < rows.size(); ++i) out += joined(rows[i], is_csv ? ',' : '\t');
  return out;
}

std::string methods_of(std::string_view value) {
  if (value.empty() || value.front() != '[') return text_of(value);
  std::string all;
  for (const auto item : items_of(value)) all.append(all.empty() ? "" : ", ").append(text_of(item));
  return all;
}

std::vector<std::string> names_in(std::string_view array) {
  std::vector<std::string> names;
  if (array.empty() || array.front() != '[') return names;
  for (const auto item : items_of(array)) names.push_back(text_of(item));
  return names;
}

std::string spaced(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : " ") + name;
  return out;
}

std::string millis_text(const std::optional<unix_millis>& time) {
  return time ? std::to_string(time->count) : std::string();
}

}  // namespace

bool is_search(const std::string& pattern) { return pattern.empty() || is_glob(pattern); }

void note_presence(presence_list& known, const general_message& m, const std::string& pattern) {
  const auto& tag = m.topic.tag.text();
  if (m.topic.path.key() != "presence" || !glob_match(pattern.empty() ? "*" : pattern, tag)) return;
  device_presence found;
  const auto body = m.payload.body.text();
  if (body.front() == '{') {
    found.state = text_of(member_of(body, "state"));
    found.updated = time_of(member_of(body, "last_updated"));
  } else {
    found.state = text_of(body);
  }
  if (!found.updated) found.updated = m.payload.sent_at;
  known[tag] = std::move(found);
}

std::string age(std::optional<unix_millis> since, unix_millis now) {
  if (!since || since->count < 0 || since->count > now.count) return {};
  const auto seconds = (now.count - since->count) / 1000;
  if (seconds < 100) return std::to_string(seconds) + " s";
  if (seconds < 100 * 60) return std::to_string(seconds / 60) + " min";
  if (seconds < 48 * 3600) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / 86400) + " d";
}

std::string show_devices(const presence_list& devices, const output_format& how, bool names,
                         unix_millis now) {
  std::string out;
  if (names) {
    for (const auto& [tag, device] : devices) out += tag + '\n';
    return out;
  }
  if (how.kind == output_kind::json) {
    for (const auto& [tag, device] : devices) {
      append_json_string(out += "{\"tag\":", tag);
      append_json_string(out += ",\"state\":", device.state);
      out += ",\"last_updated\":" + (device.updated ? millis_text(device.updated) : "null") + "}\n";
    }
    return out;
  }
  const bool for_people = how.terminal && how.kind == output_kind::body;
  std::vector<row> rows{
      {for_people ? "TAG" : "tag", for_people ? "STATE" : "state", for_people ? "SINCE" : "last_updated"}};
  for (const auto& [tag, device] : devices)
    rows.push_back({tag, device.state, for_people ? age(device.updated, now) : millis_text(device.updated)});
  return show_rows(rows, how);
}

std::optional<std::vector<resource_entry>> read_resources(const json_text& body) {
  const auto text = body.text();
  if (text.front() != '[') return std::nullopt;
  std::vector<resource_entry> resources;
  for (const auto item : items_of(text)) {
    const auto path = item.front() == '{' ? member_of(item, "path") : std::string_view();
    if (path.empty() || path.front() != '"') return std::nullopt;
    resources.push_back({text_of(path), methods_of(member_of(item, "methods")),
                         text_of(member_of(item, "type")), text_of(member_of(item, "unit")),
                         text_of(member_of(item, "title")), names_in(member_of(item, "subsystems")),
                         text_of(member_of(item, "events")), std::string(item)});
  }
  std::stable_sort(resources.begin(), resources.end(),
                   [](const auto& a, const auto& b) { return a.path < b.path; });
  return resources;
}

std::string address_of(const resource_entry& r, const address& source) {
  const auto& there = r.subsystems;
  const auto& subsystem = source.subsystem.text();
  const bool right = there.empty() || std::find(there.begin(), there.end(), subsystem) != there.end();
  return source.tag.text() + '/' + (right ? subsystem : there.front()) + '/' + r.path;
}

std::string show_resources(const std::vector<resource_entry>& resources, const output_format& how, bool names,
                           const address& source) {
  std::string out;
  if (names) {
    for (const auto& r : resources) out += address_of(r, source) + '\n';
    return out;
  }
  if (how.kind == output_kind::json) {
    for (const auto& r : resources) out += safe_json(r.json, line_ends::replaced) + '\n';
    return out;
  }
  const bool for_people = how.terminal && how.kind == output_kind::body;
  // On a terminal, the last two columns are shown only if they are not empty.
  const auto is_shown = [&](const auto& has_some) {
    return !for_people || std::any_of(resources.begin(), resources.end(), has_some);
  };
  const bool with_subsystems = is_shown([](const auto& r) { return !r.subsystems.empty(); });
  const bool with_events = is_shown([](const auto& r) { return !r.events.empty(); });
  const auto make_row = [&](row cells, std::string subsystems, std::string events) {
    if (with_subsystems) cells.push_back(std::move(subsystems));
    if (with_events) cells.push_back(std::move(events));
    return cells;
  };
  std::vector<row> rows{for_people
                            ? make_row({"PATH", "METHODS", "TYPE", "UNIT", "TITLE"}, "SUBSYSTEMS", "EVENTS")
                            : make_row({"path", "methods", "type", "unit", "title"}, "subsystems", "events")};
  for (const auto& r : resources)
    rows.push_back(make_row({r.path, r.methods, r.type, r.unit, r.title}, spaced(r.subsystems), r.events));
  return show_rows(rows, how);
}

}  // namespace mqcoap::cli
