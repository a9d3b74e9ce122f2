#include <mqcoap/resource/formula.hpp>

#include <muParser.h>

#include <mqcoap/base/ascii.hpp>
#include <numbers>
#include <stdexcept>
#include <utility>

namespace mqcoap {
namespace {

/// Returns true if the expression has an assignment: muParser would let `t = 3` change the variable.
bool has_assignment(std::string_view expression) {
  for (std::size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] != '=') continue;
    if (expression.substr(i).starts_with("==")) {
      ++i;
      continue;
    }
    if (i == 0 || std::string_view("<>!").find(expression[i - 1]) == std::string_view::npos) return true;
  }
  return false;
}

/// A function or name that other languages have and muParser lacks, and what to write instead. `rint(x)`
/// rounds halves up.
struct idiom {
  std::string_view name;
  std::string_view instead;
  std::string_view needed{};  ///< the name that must exist for this hint
};
constexpr idiom idioms[]{
    {"%", "the remainder of a/b is a - b*rint(a/b - 0.5)"},
    {"mod", "the remainder of a/b is a - b*rint(a/b - 0.5)"},
    {"fmod", "the remainder of a/b is a - b*rint(a/b - 0.5)"},
    {"floor", "rounding down is rint(x - 0.5)"},
    {"ceil", "rounding up is -rint(-x - 0.5)"},
    {"round", "rounding is rint(x)"},
    {"trunc", "rounding down is rint(x - 0.5)"},
    {"int", "rounding down is rint(x - 0.5)"},
    {"pow", "use x^y"},
    {"if", "use CONDITION ? A : B"},
    {"and", "use a && b"},
    {"or", "use a || b"},
    {"rand", "for a random number use noise()", "noise()"},
    {"random", "for a random number use noise()", "noise()"},
    {"rnd", "for a random number use noise()", "noise()"},
    {"_pi", "use pi"},
    {"_e", "use e"},
    {"PI", "use pi"},
    {"E", "use e"},
};

bool is_word(char c) { return is_hex_digit(c) || (to_lower(c) >= 'g' && to_lower(c) <= 'z') || c == '_'; }

std::string error_text(const mu::Parser::exception_type& e, std::string_view names) {
  if (e.GetCode() == mu::ecEMPTY_EXPRESSION)
    return "the expression is empty; a sine would be sin(2*pi*0.2*" + std::string(1, names.front()) + ')';
  if (e.GetCode() != mu::ecUNASSIGNABLE_TOKEN) return e.GetMsg();
  const std::string& unknown = e.GetToken();
  for (const auto& [name, instead, needed] : idioms)
    if (names.find(needed) != std::string_view::npos && unknown.starts_with(name) &&
        (!is_word(name.front()) || unknown.size() == name.size()))
      return "muParser has no '" + std::string(name) + "'; " + std::string(instead);
  return "unknown: '" + unknown + "'; there are " + std::string(names) +
         " and the functions of muParser, such as sin(x)";
}

}  // namespace

struct formula::parser {
  parser(const std::string& expression, std::string_view variable, std::function<double()> made)
      : noise(std::move(made)), names(std::string(variable) + ", pi, e" + (noise ? ", noise()" : "")) {
    evaluator.ClearConst();
    evaluator.DefineConst("pi", std::numbers::pi);
    evaluator.DefineConst("e", std::numbers::e);
    evaluator.DefineVar(std::string(variable), &value);
    constexpr bool may_be_folded = false;  // each call returns a different number
    if (noise)
      evaluator.DefineFunUserData(
          "noise", [](void* self) -> double { return static_cast<parser*>(self)->noise(); }, this,
          may_be_folded);
    evaluator.SetExpr(expression);
  }
  parser(const parser&) = delete;
  parser& operator=(const parser&) = delete;

  mu::Parser evaluator;
  double value = 0;
  const std::function<double()> noise;
  const std::string names;
};

formula::formula(const std::string& expression, std::string_view variable, std::function<double()> noise)
    : parser_(std::make_unique<parser>(expression, variable, std::move(noise))) {}
formula::~formula() = default;
formula::formula(formula&&) noexcept = default;
formula& formula::operator=(formula&&) noexcept = default;

double formula::at(double value) {
  parser_->value = value;
  try {
    return parser_->evaluator.Eval();
  } catch (const mu::Parser::exception_type& e) {
    throw std::domain_error(error_text(e, parser_->names));
  }
}

bool formula::depends_on_variable() const { return !parser_->evaluator.GetUsedVar().empty(); }

std::optional<std::string> formula::find_fault(const std::string& expression, std::string_view variable,
                                               const std::function<double()>& noise) {
  if (has_assignment(expression)) return "'=' is not possible; compare with '=='";
  try {
    parser tried(expression, variable, noise);
    tried.evaluator.Eval();
    if (const int results = tried.evaluator.GetNumResults(); results != 1)
      return "the expression has " + std::to_string(results) + " results instead of one; write 0.5, not 0,5";
    return std::nullopt;
  } catch (const mu::Parser::exception_type& e) {
    // Builds the list of names again, because the parser may not have been constructed.
    return error_text(e, std::string(variable) + ", pi, e" + (noise ? ", noise()" : ""));
  }
}

}  // namespace mqcoap
