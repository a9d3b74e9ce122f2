#include <mqcoap/resource/signal/signal.hpp>

#include <muParser.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/json/json_number.hpp>
#include <mqcoap/resource/conditions.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <numbers>
#include <random>
#include <string_view>
#include <vector>

namespace mqcoap {
namespace {

/// A generator with eight bytes of state (splitmix64); std::mt19937 would need 2.5 KB for every signal.
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

/// muParser reads `t = 3` as an assignment, which would stop the time of later evaluations.
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

/// Operators and functions of other languages that muParser lacks, with replacements. `rint(x)` rounds halves
/// up.
struct idiom {
  std::string_view name;
  std::string_view instead;
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
    {"pow", "a power is x^y"},
    {"if", "a choice is t > 5 ? 1 : 0"},
    {"and", "both is a && b"},
    {"or", "either is a || b"},
    {"rand", "chance is noise()"},
    {"random", "chance is noise()"},
    {"rnd", "chance is noise()"},
    {"_pi", "it is pi"},
    {"_e", "it is e"},
    {"PI", "it is pi"},
    {"E", "it is e"},
};

bool is_word(char c) { return is_hex_digit(c) || (to_lower(c) >= 'g' && to_lower(c) <= 'z') || c == '_'; }

steady_time start_of(const cell& held) {
  const auto text = held.current().text();
  steady_time::rep count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return steady_time(steady_time::duration(count));
}

std::string in_words(const mu::Parser::exception_type& e) {
  if (e.GetCode() == mu::ecEMPTY_EXPRESSION)
    return "the expression is empty; a sine would be sin(2*pi*0.2*t)";
  if (e.GetCode() != mu::ecUNASSIGNABLE_TOKEN) return e.GetMsg();
  const std::string& unknown = e.GetToken();
  for (const auto& [name, instead] : idioms)
    if (unknown.starts_with(name) && (!is_word(name.front()) || unknown.size() == name.size()))
      return "muParser has no '" + std::string(name) + "'; " + std::string(instead);
  return "unknown: '" + unknown +
         "'; there are t, pi, e, noise() and the functions of muParser, such as sin(x)";
}

}  // namespace

class signal_resource::evaluator {
 public:
  explicit evaluator(const std::string& expression) {
    parser_.ClearConst();
    parser_.DefineConst("pi", std::numbers::pi);
    parser_.DefineConst("e", std::numbers::e);
    parser_.DefineVar("t", &t_);
    constexpr bool may_be_folded = false;  // each call returns another number
    parser_.DefineFunUserData(
        "noise", [](void* self) -> double { return static_cast<evaluator*>(self)->make_noise(); }, this,
        may_be_folded);
    parser_.SetExpr(expression);
  }
  evaluator(const evaluator&) = delete;
  evaluator& operator=(const evaluator&) = delete;

  double at(double seconds) {
    t_ = seconds;
    return parser_.Eval();
  }
  /// Returns the number of results of the last evaluation: `1, 2` has two.
  int results() const { return parser_.GetNumResults(); }
  bool depends_on_time() const { return !parser_.GetUsedVar().empty(); }
  /// Checks whether the result is finite at one of these times; with noise, many numbers are tried.
  bool is_finite_at(const std::vector<double>& times) {
    constexpr int draws = 64;
    for (int i = 0; i == 0 || (is_noisy_ && i < draws); ++i)
      if (std::any_of(times.begin(), times.end(), [this](double t) { return std::isfinite(at(t)); }))
        return true;
    return false;
  }

 private:
  double make_noise() {
    is_noisy_ = true;
    return noise_.next();
  }

  mu::Parser parser_;
  double t_ = 0;
  noise_source noise_;
  bool is_noisy_ = false;  ///< an evaluation has called noise(), so the next result differs
};

std::optional<std::string> signal_resource::check(const std::string& expression) {
  if (has_assignment(expression)) return "'=' is not possible; compare with '=='";
  try {
    evaluator tried(expression);
    tried.at(0);
    if (tried.results() != 1)
      return "the expression has " + std::to_string(tried.results()) +
             " results, one is wanted; write 0.5, not 0,5";
    if (!tried.depends_on_time() && !tried.is_finite_at({0}))
      return "it is never a finite number, so that every GET would get 500";
    return std::nullopt;
  } catch (const mu::Parser::exception_type& e) {
    return in_words(e);
  }
}

std::optional<std::string> signal_resource::find_doubt(const std::string& expression) {
  std::vector<double> times{0};
  constexpr double ten_years = 3.2e8, step = 1.2;
  for (double t = 1e-3; t < ten_years; t *= step) times.push_back(t);
  try {
    if (evaluator(expression).is_finite_at(times)) return std::nullopt;
  } catch (const mu::Parser::exception_type& e) {
    return in_words(e);
  }
  return "it is a finite number at none of the " + std::to_string(times.size()) +
         " times that were tried, from 0 to 10 years; while it is not, a GET gets 500";
}

void signal_options::make(resource_site& at) const {
  at.serve(at.path(),
           std::make_shared<signal_resource>(*this, at.services().time, at.draft(), at.device(), at.path()));
}

std::optional<json_text> signal_terms::initial() const {
  return json_text::from_validated(std::to_string(now_.time_since_epoch().count()));
}

std::vector<change> signal_terms::adopt(const std::shared_ptr<cell>& held) const {
  const auto* const before = dynamic_cast<const signal_terms*>(&held->terms());
  if (before != nullptr && before->options_ == options_) return {};
  return {{held, 0, with_version(*initial())}};
}

signal_resource::signal_resource(signal_options options, const clock& time, state_draft& draft,
                                 std::string device, std::string path)
    : evaluator_(std::make_unique<evaluator>(options.expression)),
      time_(time),
      cell_(draft.open({std::move(device), std::move(path), signal_options::kind_name},
                       std::make_shared<signal_terms>(std::move(options), time.now()))) {}

signal_resource::~signal_resource() = default;

void signal_resource::handle(responder&& r) {
  if (auto refused = refuse_method(r.req(), {method::get})) return std::move(r).respond(*std::move(refused));
  const double t = std::chrono::duration<double>(time_.now() - start_of(*cell_)).count();
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
