#include <mqcoap/resource/common_keys.hpp>
#include <mqcoap/resource/kind_module.hpp>
#include <mqcoap/resource/signal/signal.hpp>

namespace mqcoap {
namespace {

struct signal_keys {
  std::string expression;
};

/// Reads an expression that muParser accepts.
value_type<std::string> signal_expression() {
  const std::string words = "an expression like 3 + 0.5*sin(2*pi*0.2*t)";
  return refine(text(words), words, string_schema(),
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
  return signal_options{keys.expression};
}

}  // namespace

const kind_module& signal_kind() {
  using keys = signal_keys;
  static const kind_table<keys> table{
      {key<keys>(
          "signal", signal_expression(), another_kind(),
          "A number that is computed at each GET. `t`: seconds since the start; `noise()`: normal, mean 0, "
          "deviation 1; `pi`, `e` and the functions of muParser, among which are no `%`, `mod` and `floor`: "
          "rounding down is `rint(x - 0.5)`, the remainder of a/b `a - b*rint(a/b - 0.5)`.",
          &keys::expression)},
      build_signal};
  return table;
}

}  // namespace mqcoap
