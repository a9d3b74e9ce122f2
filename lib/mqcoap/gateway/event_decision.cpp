#include <mqcoap/gateway/event_decision.hpp>

#include <cmath>
#include <mqcoap/json/json_number.hpp>
#include <mqcoap/json/json_tree.hpp>
#include <mqcoap/schema/json_compare.hpp>

namespace mqcoap {
namespace {

/// Compares values instead of texts. A text that contains a key twice has no defined value, and
/// counts as different.
bool is_another(const json_text& value, const json_text& last) {
  if (value == last) return false;
  const auto differs = [&] { return !equal_json(build_json(value.text()), build_json(last.text())); };
  return find_duplicate_key(value.text()) || find_duplicate_key(last.text()) || differs();
}

}  // namespace

bool is_worth_publishing(const event_options& how, const json_text& value,
                         const std::optional<json_text>& last) {
  if (!last) return true;
  if (how.change == 0) return !how.on_change || is_another(value, *last);
  if (!value.is_number() || !last->is_number()) return is_another(value, *last);
  const double before = *read_json_number(last->text());
  const double moved = std::abs(*read_json_number(value.text()) - before);
  return moved > 0 && moved >= (how.is_percent ? std::abs(before) * how.change / 100 : how.change);
}

}  // namespace mqcoap
