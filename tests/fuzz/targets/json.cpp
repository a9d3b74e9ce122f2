#include <boost/json/parse.hpp>
#include <cmath>
#include <mqcoap/json/json_fault.hpp>
#include <mqcoap/json/json_members.hpp>
#include <mqcoap/json/json_number.hpp>
#include <mqcoap/json/json_scan.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/json/json_tree.hpp>
#include <mqcoap/schema/json_compare.hpp>
#include <mqcoap/schema/json_excerpt.hpp>
#include <string>
#include <utility>

#include "../property.hpp"
#include "targets.hpp"

namespace mqcoap::fuzz {
namespace {

constexpr std::size_t deepest = 32;

/// Checks that the same texts are rejected as by Boost.JSON, plus numbers that are not finite, and that the
/// search for flaws agrees.
void check_verdict(std::string_view text, const std::optional<json_fault>& fault) {
  boost::json::parse_options rules;
  rules.max_depth = deepest;
  error_code ec;
  boost::json::parse(text, ec, {}, rules);
  HOLDS(ec.failed() == (fault && !fault->not_finite));
  if (scan_json(text, deepest)) HOLDS(!find_json_fault(text, deepest));

  const auto flaw = find_json_flaw(text, deepest);
  if (!ec) HOLDS(!flaw);
  const bool of_other_kind =
      ec == boost::json::error::too_deep || ec == boost::json::error::exponent_overflow;
  if (ec && !of_other_kind) HOLDS(flaw);
  if (flaw) {
    HOLDS(flaw->offset <= text.size());
    HOLDS(!flaw->what.empty());
  }
  if (!fault) return;
  HOLDS(fault->offset <= text.size());
  const auto message = explain_json_fault(text, *fault, deepest);
  HOLDS(is_safe(message));
  HOLDS(message.size() <= 400);
}

void check_number(std::string_view text) {
  const double by_strtod = std::strtod(std::string(text).c_str(), nullptr);
  const auto read = read_json_number(text);
  HOLDS(read && *read == by_strtod && std::signbit(*read) == std::signbit(by_strtod));
  const auto written = number_text(*read);
  HOLDS(!validate_json(written, 1));
  HOLDS(read_json_number(written) == read);
}

/// Checks that scanning an object lists the same members as iterating over it, and the members of
/// the member `a`.
void check_list(std::string_view object) {
  json_member_list members;
  json_member_list inner;
  if (!scan_json_object(object, deepest, "a", members, inner)) return;
  std::size_t count = 0;
  bool is_first = true;
  for (json_members m(object); m.next(); ++count) {
    HOLDS(count < members.size() && members[count].key == m.key() && members[count].value == m.value());
    if (m.key() != "\"a\"" || !std::exchange(is_first, false) || !m.value().starts_with('{')) continue;
    std::size_t inner_count = 0;
    for (json_members i(m.value()); i.next(); ++inner_count)
      HOLDS(inner_count < inner.size() && inner[inner_count].key == i.key() &&
            inner[inner_count].value == i.value());
    HOLDS(inner_count == inner.size());
  }
  HOLDS(count == members.size());
}

/// Checks that iterating over the text of an object yields the members of the tree.
void check_members(std::string_view object, const boost::json::object& tree) {
  std::size_t count = 0;
  for (json_members m(object); m.next(); ++count) {
    HOLDS(!validate_json(m.key(), 0));
    HOLDS(!validate_json(m.value(), deepest));
    HOLDS(first_json_value(m.value()) == m.value());
    HOLDS(tree.contains(decode_json_string(m.key())));
  }
  HOLDS(count >= tree.size());
  check_list(object);
  if (find_duplicate_key(object)) return;
  HOLDS(count == tree.size());
  for (json_members m(object); m.next();)
    HOLDS(equal_json(tree.at(decode_json_string(m.key())), build_json(m.value())));
}

void check_valid(const json_text& json) {
  const auto value = json.value();
  const auto written = json_text::from_value(value);
  HOLDS(!validate_json(written.text(), deepest));
  HOLDS(equal_json(written.value(), value));
  HOLDS(!find_duplicate_key(written.text()));
  const auto again = json_text::parse(json.text(), deepest);
  HOLDS(again && *again == json);

  for (const auto ends : {line_ends::replaced, line_ends::kept}) {
    const auto safe = safe_json(json.text(), ends);
    HOLDS(is_safe(safe, ends));
    const auto of_safe = json_text::parse(safe, deepest);
    HOLDS(of_safe && equal_json(of_safe->value(), value));
  }
  HOLDS(is_utf8(excerpt(value)) && excerpt(value).size() <= excerpt_limit + 3);
  if (value.is_object()) check_members(json.text(), value.get_object());
  if (json.is_number()) check_number(json.text());
}

/// Checks that safe_text, is_utf8 and the JSON parser agree on whether bytes are UTF-8.
void check_text(std::string_view bytes) {
  std::string quoted;
  append_json_string(quoted, bytes);
  const bool is_text = is_utf8(bytes);
  HOLDS(is_text == !validate_json(quoted, 0));
  if (is_text) HOLDS(decode_json_string(quoted) == bytes);
  for (const auto ends : {line_ends::replaced, line_ends::kept}) {
    const auto safe = safe_text(bytes, ends);
    HOLDS(is_utf8(safe) && safe.size() <= bytes.size());
    HOLDS(is_safe(safe, ends));
  }
  HOLDS(is_utf8(escaped_text(bytes)));
  const auto for_log = log_safe(bytes, 20);
  HOLDS(is_safe(for_log) && for_log.size() <= 23);
  HOLDS(is_safe(text_around(bytes, bytes.size() / 2)));
}

}  // namespace

void run_json(std::string_view text) {
  const auto fault = validate_json(text, deepest);
  check_verdict(text, fault);
  const auto parsed = json_text::parse(text, deepest);
  HOLDS(parsed.has_value() == !fault);
  if (parsed) check_valid(*parsed);
  check_text(text);
}

}  // namespace mqcoap::fuzz
