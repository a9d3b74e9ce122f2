#include <mqcoap/config/event_section.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/settings/common_types.hpp>
#include <mqcoap/settings/scalar.hpp>
#include <string>
#include <string_view>

namespace mqcoap::config {
namespace {

using namespace std::chrono_literals;

struct step_size {
  double amount = 0;
  bool is_percent = false;
};

/// A number above 0 without sign and exponent, and `%`.
constexpr char percentage_pattern[] = R"(^(0*[1-9][0-9]*(\.[0-9]+)?|0+\.0*[1-9][0-9]*)%$)";

/// Returns true for a text that matches `percentage_pattern`, or that would if it were not 0.
bool is_percentage(std::string_view text) {
  if (!text.ends_with('%')) return false;
  text.remove_suffix(1);
  const auto are_digits = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), is_digit);
  };
  const auto point = text.find('.');
  return are_digits(text.substr(0, point)) &&
         (point == std::string_view::npos || are_digits(text.substr(point + 1)));
}

/// Returns the number of a JSON text or a percentage; 0 if it is out of range.
double number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && std::isfinite(number) ? number : 0;
}

/// Reads a number or a percentage: `0.5` or `5%`.
value_type<step_size> change_size() {
  const std::string expected = "a number above 0, or a percentage like 5%";
  boost::json::object schema{{"anyOf",
                              {boost::json::object{{"type", "number"}, {"exclusiveMinimum", 0}},
                               boost::json::object{{"type", "string"}, {"pattern", percentage_pattern}}}}};
  return {expected, schema, [expected](const node& n, read_context& ctx) -> std::optional<step_size> {
            const auto kind = n.is_scalar() ? classify(n) : scalar_kind::null;
            step_size size;
            if (kind == scalar_kind::integer || kind == scalar_kind::floating) {
              const auto json = to_json(n, ctx.faults);
              if (!json) return std::nullopt;
              size.amount = number_of(json->text());
            } else if (kind == scalar_kind::string && is_percentage(n.text)) {
              size = {number_of(n.text), true};
            }
            if (size.amount > 0) return size;
            mismatch(n, expected, ctx);
            return std::nullopt;
          }};
}

}  // namespace

const section<event_options>& event_section() {
  static const section<event_options> table{
      "publish",
      "devices.TAG.resources.PATH.publish",
      "When the value of a resource is published as an event, on `NAMESPACE/SUBSYSTEM/event/TAG/PATH` with "
      "the device's "
      "first subsystem, or `events` if it has none. Not for a path with `*`, `+` or `#`, which the topic "
      "cannot "
      "contain.",
      {key<event_options>("every", duration(10ms, 24h), presence::optional("at changes only"),
                          "How often the resource is read, on a schedule that does not drift. Each value "
                          "that is read is an event, unless `change` or `on_change` is given.",
                          &event_options::every),
       key<event_options>("change", change_size(), presence::optional("any"),
                          "How much a number has to differ from that of the last event, absolutely or "
                          "relatively: `0.5`, `5%`. Only with `every`.",
                          [](event_options& into, step_size size) {
                            into.change = size.amount;
                            into.is_percent = size.is_percent;
                          }),
       key<event_options>("on_change", boolean(), "false",
                          "Whether each change is an event, at once. Without `every` only for kinds that "
                          "detect changes: `value`, `collection` and `topic`. With `every`, a value that was "
                          "read is an event if it differs.",
                          &event_options::on_change),
       key<event_options>("retain", boolean(), "false",
                          "Whether the broker keeps the last event for later subscribers.",
                          &event_options::retain)}};
  return table;
}

}  // namespace mqcoap::config
