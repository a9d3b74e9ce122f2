#include <mqcoap/resource/discovery.hpp>

#include <mqcoap/base/ascii.hpp>
#include <mqcoap/protocol/content_format.hpp>
#include <mqcoap/resource/conditions.hpp>
#include <mqcoap/state/version.hpp>

namespace mqcoap {
namespace {

void append_json_member(std::string& out, std::string_view key, std::string_view text) {
  append_json_string(out.append(1, ','), key);
  append_json_string(out.append(1, ':'), text);
}

std::string joined(const std::vector<std::string>& names, std::string_view between) {
  std::string out;
  for (const auto& name : names) out.append(out.empty() ? "" : between).append(name);
  return out;
}

void append_json(std::string& out, const resource_info& r) {
  append_json_string(out += "{\"path\":", r.path);
  out += ",\"methods\":[";
  if (!r.methods.empty()) out.append(1, '"').append(to_string(r.methods, "\",\"")).append(1, '"');
  out += ']';
  append_json_member(out, "type", r.type);
  if (!r.unit.empty()) append_json_member(out, "unit", r.unit);
  if (!r.title.empty()) append_json_member(out, "title", r.title);
  if (!r.subsystems.empty())
    out.append(",\"subsystems\":[\"").append(joined(r.subsystems, "\",\"")).append("\"]");
  if (!r.events.empty()) append_json_member(out, "events", r.events);
  out += '}';
}

/// Returns true for a character that needs no escape in the path of a URI reference: pchar and slash (RFC
/// 3986 section 3.3).
bool is_path_char(char c) {
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') ||
         std::string_view("-._~!$&'()*+,;=:@/").find(c) != std::string_view::npos;
}

void append_percent_encoded(std::string& out, std::string_view path) {
  constexpr char digits[] = "0123456789ABCDEF";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_path_char(c))
      out += c;
    else
      out.append(1, '%').append(1, digits[byte >> 4]).append(1, digits[byte & 0xf]);
  }
}

/// Writes a quoted-string (RFC 6690 section 2), in which control characters are replaced by spaces.
void append_attribute(std::string& out, std::string_view name, std::string_view value) {
  out.append(1, ';').append(name).append("=\"");
  for (const char c : value) {
    const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    if (c == '"' || c == '\\') out += '\\';
    out += is_control ? ' ' : c;
  }
  out += '"';
}

void append_link(std::string& out, const resource_info& r) {
  append_percent_encoded(out += "</", r.path);
  out += '>';
  append_attribute(out, "rt", r.type);
  if (r.methods.contains(method::get)) out += ";ct=50";
  append_attribute(out, "methods", to_string(r.methods, " "));
  if (!r.unit.empty()) append_attribute(out, "unit", r.unit);
  if (!r.title.empty()) append_attribute(out, "title", r.title);
  if (!r.subsystems.empty()) append_attribute(out, "subsystems", joined(r.subsystems, " "));
  if (!r.events.empty()) append_attribute(out, "events", r.events);
}

template <class Append>
std::string joined(const std::vector<resource_info>& resources, Append append) {
  std::string text;
  for (const auto& r : resources) {
    if (!text.empty()) text += ',';
    append(text, r);
  }
  return text;
}

}  // namespace

discovery_resource::form discovery_resource::make_json(const std::vector<resource_info>& resources) {
  const std::string text = '[' + joined(resources, append_json) + ']';
  return {json_text::from_validated(text), make_etag(text)};
}

discovery_resource::form discovery_resource::make_link_format(const std::vector<resource_info>& resources) {
  const std::string text = joined(resources, append_link);
  return {json_text::from_string(text), make_etag(text)};
}

discovery_resource::discovery_resource(const std::vector<resource_info>& resources)
    : json_(make_json(resources)), link_format_(make_link_format(resources)) {}

void discovery_resource::handle(responder&& r) {
  const request& requested = r.req();
  if (auto refused = refuse_method(requested, {method::get}))
    return std::move(r).respond(*std::move(refused));
  if (auto refused = refuse_accept(requested, {content_format::json, content_format::link_format}))
    return std::move(r).respond(*std::move(refused));
  const bool as_links = ascii_iequal(requested.options->accept, content_format::link_format);
  const auto format = as_links ? content_format::link_format : content_format::json;
  const auto& chosen = as_links ? link_format_ : json_;
  std::move(r).respond(give_as(format, requested, chosen.text, chosen.etag));
}

}  // namespace mqcoap
