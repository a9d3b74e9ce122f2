#include <mqcoap/resource/signal/signal.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <mqcoap/json/json_number.hpp>
#include <mqcoap/resource/conditions.hpp>
#include <mqcoap/resource/formula.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <random>
#include <stdexcept>
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

steady_time start_of(const cell& held) {
  const auto text = held.current().text();
  steady_time::rep count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return steady_time(steady_time::duration(count));
}

}  // namespace

class signal_resource::evaluator {
 public:
  explicit evaluator(const std::string& expression)
      : formula_(expression, "t", [this] { return make_noise(); }) {}
  evaluator(const evaluator&) = delete;
  evaluator& operator=(const evaluator&) = delete;

  double at(double seconds) { return formula_.at(seconds); }
  bool depends_on_time() const { return formula_.depends_on_variable(); }
  /// Returns true if the result is finite at one of these times; with noise, tries them many times.
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

  noise_source noise_;
  bool is_noisy_ = false;  ///< an evaluation has called noise(), so the next result differs
  formula formula_;
};

std::optional<std::string> signal_resource::check(const std::string& expression) {
  if (auto fault = formula::find_fault(expression, "t", [] { return 0.0; })) return fault;
  try {
    evaluator tried(expression);
    if (!tried.depends_on_time() && !tried.is_finite_at({0}))
      return "it is never a finite number, so that every GET would get 500";
    return std::nullopt;
  } catch (const std::domain_error& e) {
    return e.what();
  }
}

std::optional<std::string> signal_resource::find_doubt(const std::string& expression) {
  std::vector<double> times{0};
  constexpr double ten_years = 3.2e8, step = 1.2;
  for (double t = 1e-3; t < ten_years; t *= step) times.push_back(t);
  try {
    if (evaluator(expression).is_finite_at(times)) return std::nullopt;
  } catch (const std::domain_error& e) {
    return e.what();
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

change_list signal_terms::adopt(const std::shared_ptr<cell>& held) const {
  const auto* const before = dynamic_cast<const signal_terms*>(&held->terms());
  if (before != nullptr && before->options_.expression == options_.expression) return {};
  return {{held, 0, with_version(*initial())}};
}

signal_resource::signal_resource(signal_options options, const clock& time, state_draft& draft,
                                 std::string device, std::string path)
    : sampling_{options.sample, options.is_metric},
      evaluator_(std::make_unique<evaluator>(options.expression)),
      time_(time),
      cell_(draft.open({std::move(device), std::move(path), signal_options::kind_name},
                       std::make_shared<signal_terms>(std::move(options), time.now()))) {}

signal_resource::~signal_resource() = default;

signal_resource::computed signal_resource::compute(double seconds) {
  try {
    const double number = evaluator_->at(seconds);
    if (std::isfinite(number)) return {seconds, number, {}};
    return {seconds, std::nullopt, "its expression gives no finite number"};
  } catch (const std::domain_error& e) {
    return {seconds, std::nullopt, e.what()};
  }
}

/// Returns the current result. Computes the points of the grid from its beginning, so that errors do
/// not add up.
signal_resource::computed signal_resource::now() {
  using seconds = std::chrono::duration<double>;
  const auto start = start_of(*cell_);
  const auto passed = time_.now() - start;
  if (sampling_.period.count() == 0) return compute(seconds(passed).count());
  const auto point = start + passed / sampling_.period * sampling_.period;
  if (!sample_ || sampled_at_ != point) {
    sample_ = compute(seconds(point - start).count());
    sampled_at_ = point;
  }
  return *sample_;
}

std::optional<double> signal_resource::measured() { return now().number; }

void signal_resource::handle(responder&& r) {
  if (auto refused = refuse_method(r.req(), {method::get})) return std::move(r).respond(*std::move(refused));
  const auto [at, number, why] = now();
  if (number) {
    auto given = give(r.req(), json_text::from_validated(number_text(*number)), "");
    return std::move(r).respond(std::move(given));
  }
  const std::string message = std::string(r.req().path.key()) + " at t = " + number_text(at) + ": " + why;
  std::move(r).fail(response_code::internal_server_error, message);
}

}  // namespace mqcoap
