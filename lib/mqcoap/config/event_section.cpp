#include <mqcoap/config/event_section.hpp>

#include <charconv>
#include <cmath>
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

/// Reads a number or a percentage: `0.5` or `5%`.
value_type<step_size> change_size() {
  const std::string expected = "a number above 0, or a percentage like 5%";
  boost::json::object schema{
      {"anyOf",
       {boost::json::object{{"type", "number"}, {"exclusiveMinimum", 0}},
        boost::json::object{{"type", "string"}, {"pattern", R"(^[0-9]+(\.[0-9]+)?%$)"}}}}};
  return {expected, schema, [expected](const node& n, read_context& ctx) -> std::optional<step_size> {
            std::string_view text = n.is_scalar() ? std::string_view(n.text) : std::string_view();
            const bool is_percent = text.ends_with('%');
            if (is_percent) text.remove_suffix(1);
            step_size size{0, is_percent};
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size.amount);
            if (error == std::errc{} && end == text.data() + text.size() && std::isfinite(size.amount) &&
                size.amount > 0)
              return size;
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
      "first subsystem, or `events` if it has none.",
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
