#include <chrono>
#include <mqcoap/resource/common_keys.hpp>
#include <mqcoap/resource/kind_module.hpp>
#include <mqcoap/resource/signal/signal.hpp>

namespace mqcoap {
namespace {

struct signal_keys {
  std::string expression;
  std::optional<std::chrono::milliseconds> sample;
  std::optional<located<bool>> metric;
};

/// Reads an expression that muParser accepts.
value_type<std::string> signal_expression() {
  const std::string expected = "an expression like 3 + 0.5*sin(2*pi*0.2*t)";
  return refine(text(expected), expected, string_schema(),
                [](std::string expression, const node& n, read_context& ctx) -> std::optional<std::string> {
                  const auto why = signal_resource::check(expression);
                  if (why) {
                    ctx.faults.error(n, "the expression cannot be used: " + *why);
                    return std::nullopt;
                  }
                  if (const auto doubt = signal_resource::find_doubt(expression))
                    ctx.faults.warning(n, "the expression: " + *doubt);
                  return expression;
                });
}

std::optional<kind_options> build_signal(const signal_keys& keys, const kind_place& /*at*/) {
  return signal_options{keys.expression, keys.sample.value_or(std::chrono::milliseconds(0)),
                        keys.metric && keys.metric->value};
}

}  // namespace

const kind_module& signal_kind() {
  using keys = signal_keys;
  static const kind_table<keys> table{
      {key<keys>("signal", signal_expression(), another_kind(),
                 "A number that is computed at each GET, or periodically (`sample`). `t`: seconds since the "
                 "start; `noise()`: normal, mean 0, deviation 1; `pi`, `e` and the functions of muParser, "
                 "which lacks `%`, `mod` and `floor`: rounding down is `rint(x - 0.5)`, the remainder of a/b "
                 "`a - b*rint(a/b - 0.5)`.",
                 &keys::expression),
       key<keys>("sample", duration(std::chrono::milliseconds(1), std::chrono::hours(24)),
                 presence::optional("at each GET"),
                 "The period at which it is computed, on a schedule that begins with the signal and does not "
                 "drift. A GET, and an event, gets the number that was computed last",
                 &keys::sample),
       key<keys>("metric", with_place(boolean()), presence::optional("`false`"),
                 "Whether the number is also the metric `mqcoap_resource_value`", &keys::metric)},
      build_signal};
  return table;
}

}  // namespace mqcoap
