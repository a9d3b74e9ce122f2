#include <muParser.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <mqcoap/resource/conditions.hpp>
#include <mqcoap/resource/json_excerpt.hpp>
#include <mqcoap/resource/signal.hpp>
#include <numbers>
#include <random>

namespace mqcoap {
namespace {

/// Eight bytes of state (splitmix64), where std::mt19937 takes 2.5 KB for every signal.
class noise_source {
 public:
  double next() { return normal_(*this); }

  using result_type = std::uint64_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_ = (std::uint64_t{std::random_device{}()} << 32) | std::random_device{}();
  std::normal_distribution<double> normal_;
};

/// muParser takes `t = 3` for an assignment, which would stop the time of later evaluations.
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

std::string in_words(const mu::Parser::exception_type& e) {
  constexpr std::string_view known =
      "; there are t, pi, e, noise() and the functions of muParser, such as sin(x)";
  if (e.GetCode() == mu::ecUNASSIGNABLE_TOKEN) return "unknown: '" + e.GetToken() + '\'' + std::string(known);
  if (e.GetCode() == mu::ecEMPTY_EXPRESSION)
    return "the expression is empty; a sine would be sin(2*pi*0.2*t)";
  return e.GetMsg();
}

}  // namespace

class signal_resource::evaluator {
 public:
  explicit evaluator(const std::string& expression) {
    parser_.ClearConst();
    parser_.DefineConst("pi", std::numbers::pi);
    parser_.DefineConst("e", std::numbers::e);
    parser_.DefineVar("t", &t_);
    constexpr bool may_be_folded = false;  // each call gives another number
    parser_.DefineFunUserData(
        "noise", [](void* self) -> double { return static_cast<evaluator*>(self)->noise_.next(); }, this,
        may_be_folded);
    parser_.SetExpr(expression);
  }
  evaluator(const evaluator&) = delete;
  evaluator& operator=(const evaluator&) = delete;

  double at(double seconds) {
    t_ = seconds;
    return parser_.Eval();
  }
  /// Of the last evaluation: `1, 2` has two.
  int results() const { return parser_.GetNumResults(); }

 private:
  mu::Parser parser_;
  double t_ = 0;
  noise_source noise_;
};

std::optional<std::string> signal_resource::check(const std::string& expression) {
  if (has_assignment(expression)) return "'=' is not possible; compare with '=='";
  try {
    evaluator tried(expression);
    tried.at(0);
    if (tried.results() != 1)
      return "the expression has " + std::to_string(tried.results()) +
             " results, one is wanted; write 0.5, not 0,5";
    return std::nullopt;
  } catch (const mu::Parser::exception_type& e) {
    return in_words(e);
  }
}

signal_resource::signal_resource(const signal_options& options, const clock& time)
    : evaluator_(std::make_unique<evaluator>(options.expression)), time_(time), started_(time.now()) {}

signal_resource::~signal_resource() = default;

void signal_resource::handle(responder r) {
  if (auto refused = refuse_method(r.req(), {method::get})) return std::move(r).respond(*std::move(refused));
  const double t = std::chrono::duration<double>(time_.now() - started_).count();
  std::string why;
  try {
    const double number = evaluator_->at(t);
    if (std::isfinite(number)) {
      auto given = give(r.req(), json_text::from_validated(number_text(number)), "");
      return std::move(r).respond(std::move(given));
    }
    why = "its expression gives no finite number";
  } catch (const mu::Parser::exception_type& e) {
    why = in_words(e);
  }
  const std::string words = std::string(r.req().path.key()) + " at t = " + number_text(t) + ": " + why;
  std::move(r).fail(response_code::internal_server_error, words);
}

}  // namespace mqcoap
