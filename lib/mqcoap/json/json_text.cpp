#include <mqcoap/json/json_text.hpp>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <limits>
#include <mqcoap/json/json_block.hpp>
#include <mqcoap/json/json_fault.hpp>
#include <mqcoap/json/json_number.hpp>
#include <mqcoap/json/json_scan.hpp>
#include <mqcoap/json/json_tree.hpp>

namespace mqcoap {
namespace {

namespace json = boost::json;

/// Accepts every event, and detects a number that is not finite: `1e999` must never be passed on.
struct validating_handler {
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  bool not_finite = false;
  std::string begun;  ///< text of a number that arrives in parts

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return true; }
  bool on_object_end(std::size_t, error_code&) { return true; }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t, error_code&) { return true; }
  bool on_key_part(json::string_view, std::size_t, error_code&) { return true; }
  bool on_key(json::string_view, std::size_t, error_code&) { return true; }
  bool on_string_part(json::string_view, std::size_t, error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, error_code&) { return true; }
  bool on_number_part(json::string_view part, error_code&) {
    begun.append(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t, json::string_view, error_code&) { return end_number(); }
  bool on_uint64(std::uint64_t, json::string_view, error_code&) { return end_number(); }
  bool on_double(double number, json::string_view text, error_code&) {
    // Boost's conversion may be off by one double, which matters only near the largest one.
    constexpr double surely_finite = 1e308;
    if (!(std::abs(number) < surely_finite) && !read_json_number(begun.append(text.data(), text.size())))
      not_finite = true;
    return end_number();
  }
  bool end_number() {
    begun.clear();
    return true;
  }
  bool on_bool(bool, error_code&) { return true; }
  bool on_null(error_code&) { return true; }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }
};

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_json_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_json_space(text.back())) text.remove_suffix(1);
  return text;
}

bool needs_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

}  // namespace

std::optional<json_fault> validate_json(std::string_view text, std::size_t max_depth) {
  if (scan_json(text, max_depth)) return std::nullopt;
  return find_json_fault(text, max_depth);
}

std::optional<json_fault> find_json_fault(std::string_view text, std::size_t max_depth) {
  json::parse_options rules;
  rules.max_depth = max_depth;
  json::basic_parser<validating_handler> parser(rules);
  error_code ec;
  const std::size_t consumed = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && consumed < text.size()) {
    const auto rest = trim(text.substr(consumed));
    if (!rest.empty()) return json_fault{"something follows the JSON value", consumed};
  }
  if (!ec && parser.handler().not_finite) return json_fault{"a number is not finite", 0, true};
  if (!ec) return std::nullopt;
  if (ec == json::error::exponent_overflow)
    return json_fault{"the exponent of a number has too many digits", consumed};
  if (ec == json::error::incomplete) return json_fault{"it ends too early", consumed};
  if (ec == json::error::too_deep)
    return json_fault{"it is nested deeper than " + std::to_string(max_depth) + " levels", consumed};
  return json_fault{ec.message(), consumed};
}

result<json_text, json_fault> json_text::parse(std::string_view text, std::size_t max_depth) {
  if (auto fault = validate_json(text, max_depth)) return *std::move(fault);
  return from_validated(trim(text));
}

json_text json_text::from_value(const json::value& value) { return json_text(json::serialize(value)); }

json_text json_text::from_string(std::string_view text) {
  std::string quoted;
  append_json_string(quoted, text);
  return json_text(std::move(quoted));
}

json_text json_text::from_validated(std::string_view text) {
  return text == "null" ? json_text() : json_text(std::string(text));
}

json::value json_text::value() const { return build_json(text()); }

void append_json_string(std::string& out, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  out += '"';
  const char* plain = text.data();  // beginning of the run that needs no escape
  const char* const end = plain + text.size();
  for (const char* at = skip_plain_text(plain, end); at != end;) {
    const char c = *at++;
    if (!needs_escape(c)) continue;
    out.append(plain, at - 1);
    plain = at;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: out.append("\\u00").append(1, digits[c >> 4]).append(1, digits[c & 0xf]);
    }
  }
  out.append(plain, end).append(1, '"');
}

std::string decode_json_string(std::string_view quoted) {
  std::string store;
  return std::string(view_json_string(quoted, store));
}

std::string_view view_json_string(std::string_view quoted, std::string& store) {
  if (quoted.find('\\') == std::string_view::npos) return quoted.substr(1, quoted.size() - 2);
  store = json::parse(quoted).get_string();
  return store;
}

}  // namespace mqcoap
