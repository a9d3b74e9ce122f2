#include <mqcoap/gateway/event_decision.hpp>

#include <cmath>
#include <mqcoap/json/json_number.hpp>

namespace mqcoap {

bool is_worth_telling(const event_options& how, const json_text& value,
                      const std::optional<json_text>& last) {
  if (!last) return true;
  if (how.change == 0) return !how.on_change || value != *last;
  if (!value.is_number() || !last->is_number()) return value != *last;
  const double before = *read_json_number(last->text());
  const double moved = std::abs(*read_json_number(value.text()) - before);
  return moved > 0 && moved >= (how.is_percent ? std::abs(before) * how.change / 100 : how.change);
}

}  // namespace mqcoap
