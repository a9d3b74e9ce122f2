#include <mqcoap/protocol/envelope.hpp>

#include <algorithm>
#include <cstddef>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/json/json_fault.hpp>
#include <mqcoap/json/json_members.hpp>
#include <mqcoap/json/json_scan.hpp>
#include <optional>

namespace mqcoap {
namespace {

constexpr std::array<std::string_view, field_count> field_names{
    "method",   "response_code",  "path",       "request_id", "correlation_id", "token",    "source",
    "location", "proxy_uri",      "timeout_ms", "hops",       "etag",           "if_match", "if_none_match",
    "accept",   "content_format", "max_age",    "critical",   "traceparent"};

constexpr std::size_t longest_field_name = 14;

/// The position of a field by the last letter and the length of its name, a combination that is unique for
/// each field.
constexpr std::size_t field_place(std::string_view name) noexcept {
  return static_cast<std::size_t>(name.back() - 'a') * (longest_field_name + 1) + name.size();
}
constexpr auto field_places = [] {
  std::array<std::uint8_t, 26 * (longest_field_name + 1)> places{};
  for (std::size_t i = 0; i < field_count; ++i)
    places[field_place(field_names[i])] = static_cast<std::uint8_t>(i + 1);
  return places;
}();
constexpr bool has_places_of_their_own() noexcept {
  for (std::size_t i = 0; i < field_count; ++i)
    if (field_names[i].size() > longest_field_name || field_places[field_place(field_names[i])] != i + 1)
      return false;
  return true;
}
static_assert(has_places_of_their_own());

std::optional<field> find_field(std::string_view name) noexcept {
  if (name.empty() || name.size() > longest_field_name || name.back() < 'a' || name.back() > 'z')
    return std::nullopt;
  const std::size_t place = field_places[field_place(name)];
  if (place == 0 || field_names[place - 1] != name) return std::nullopt;
  return static_cast<field>(place - 1);
}

decode_fault twice(std::string_view name) {
  return {response_code::bad_request, std::string(name), std::string(name) + " is given twice", {}, {}};
}

/// Stores the value of a field of this name; returns false for a duplicate.
bool put_once(std::string_view& slot, std::string_view value) noexcept {
  if (!slot.empty()) return false;
  slot = value;
  return true;
}

std::optional<decode_fault> read_header(envelope& e, const json_member_list& header) {
  std::string store;
  for (const auto& member : header) {
    const auto name = view_json_string(member.key, store);
    if (const auto known = find_field(name)) {
      if (!put_once(e.fields[static_cast<std::size_t>(*known)], member.value)) return twice(name);
    } else {
      e.unknown.push_back({std::string(member.key), std::string(member.value)});
    }
  }
  return std::nullopt;
}

json_member_list list_members(std::string_view object) {
  json_member_list list;
  for (json_members members(object); members.next();) list.push_back({members.key(), members.value()});
  return list;
}

/// The number of bytes of a member name that an error text quotes.
constexpr std::size_t longest_name = 40;

/// Returns the fault for a number that is not finite. The grammar is valid, so the members can be walked to
/// find the one with the number.
decode_fault not_finite_fault(std::string_view object, const payload_limits& limits) {
  decode_fault fault;
  std::string store;
  for (json_members members(object); members.next();) {
    if (!validate_json(members.value(), limits.depth)) continue;
    fault.field = log_safe(view_json_string(members.key(), store), longest_name);
    fault.message = fault.field + ": a number is not finite; the largest is about 1.8e308";
    break;
  }
  return fault;
}

std::string_view without_leading_space(std::string_view text) {
  const auto at = text.find_first_not_of(" \t\r\n");
  return at == std::string_view::npos ? std::string_view() : text.substr(at);
}

}  // namespace

std::string_view to_string(field f) noexcept { return field_names[static_cast<std::size_t>(f)]; }

bool is_known_option(std::string_view name) noexcept {
  const auto known = find_field(name);
  return known && is_option(*known);
}

bool envelope::has_options() const noexcept {
  return std::any_of(fields.begin() + static_cast<std::ptrdiff_t>(field::proxy_uri), fields.end(),
                     [](std::string_view text) { return !text.empty(); });
}

result<envelope, decode_fault> envelope::open(std::string_view payload, const decode_rules& rules) {
  const auto refuse = [](std::string_view field_name, std::string message) {
    return decode_fault{response_code::bad_request, std::string(field_name), std::move(message), {}, {}};
  };
  if (payload.empty()) return refuse("", "the payload is empty; it must be a JSON object");
  json_member_list members;
  json_member_list in_header;
  std::optional<json_fault> unsound;
  const bool is_listed = scan_json_object(payload, rules.limits.depth, "header", members, in_header);
  if (!is_listed) {
    unsound = find_json_fault(payload, rules.limits.depth);
    if (unsound && !unsound->not_finite)
      return refuse(
          "", "the payload is not valid JSON: " + explain_json_fault(payload, *unsound, rules.limits.depth));
    payload = without_leading_space(payload);
    if (!payload.starts_with('{')) return refuse("", "the payload must be a JSON object");
    members = list_members(payload);
  }

  envelope e;
  std::string store;
  std::string_view header;
  for (const auto& member : members) {
    const auto name = view_json_string(member.key, store);
    std::string_view* const slot = name == "header"      ? &header
                                   : name == "body"      ? &e.body
                                   : name == "timestamp" ? &e.timestamp
                                                         : nullptr;
    if (slot != nullptr && !put_once(*slot, member.value)) return twice(name);
  }
  e.has_header = !header.empty() && header != "null";
  if (e.has_header && !header.starts_with('{')) return refuse("header", "header must be an object or null");
  if (e.has_header && !is_listed) in_header = list_members(header);
  auto fault = e.has_header ? read_header(e, in_header) : std::nullopt;
  if (unsound && !fault) fault = not_finite_fault(payload, rules.limits);
  if (!fault) return e;
  add_echo(*fault, e, rules);
  return *std::move(fault);
}

void add_echo(decode_fault& fault, const envelope& e, const decode_rules& rules) {
  const auto is_string = [](std::string_view text) { return text.starts_with('"'); };
  std::string store;
  const auto path = e[field::path];
  if (is_string(path) && resource_path::parse(view_json_string(path, store), rules.limits.path))
    fault.path = path;
  const auto id = e[field::correlation_id];
  if (is_string(id) && request_id::parse(view_json_string(id, store), rules.ids)) fault.correlation_id = id;
}

}  // namespace mqcoap
