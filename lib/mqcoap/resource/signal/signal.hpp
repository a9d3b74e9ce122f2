#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/state/state_draft.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

class kind_module;
class resource_site;

struct signal_options {
  static constexpr std::string_view kind_name = "signal";

  std::string expression;  ///< muParser syntax; `t`: seconds since start; `noise()`: normal, mean 0,
                           ///< deviation 1; `pi`, `e`
  std::chrono::milliseconds sample{
      0};                  ///< the period of a grid on which it is computed; 0 if it is computed at each GET
  bool is_metric = false;  ///< it is also a metric

  method_set offered() const { return {method::get}; }
  static bool is_host_bound() noexcept { return true; }
  void make(resource_site& at) const;
  friend bool operator==(const signal_options&, const signal_options&) = default;
};

/// The terms of a signal for its cell, which holds the time when the signal began. A signal with the same
/// expression continues over a reload, even if its period changes.
class signal_terms final : public cell_terms {
 public:
  signal_terms(signal_options options, steady_time now) : options_(std::move(options)), now_(now) {}

  const signal_options& options() const noexcept { return options_; }
  std::optional<json_text> initial() const override;
  change_list adopt(const std::shared_ptr<cell>& held) const override;
  bool is_lasting() const noexcept override { return false; }  // the clock is only valid in this process

 private:
  const signal_options options_;
  const steady_time now_;
};

/// A computed number: a simulated instrument. With `sample`, a GET gets the number of the last point of the
/// grid, which begins with the signal and does not drift; it is computed at most once.
class signal_resource final : public handler {
 public:
  /// Returns why the expression cannot be used; nothing if it can.
  static std::optional<std::string> check(const std::string& expression);
  /// Returns what may be wrong with a checked expression: that it never seems to be a finite number.
  static std::optional<std::string> find_doubt(const std::string& expression);

  /// Precondition: the expression was checked.
  signal_resource(signal_options options, const clock& time, state_draft& draft, std::string device,
                  std::string path);
  ~signal_resource() override;
  /// Answers GET: 205 with a number; 500 if the result is not finite.
  void handle(responder&& r) override;
  bool is_metric() const noexcept override { return sampling_.is_metric; }
  std::optional<double> measured() override;

 private:
  class evaluator;
  struct sampling {
    std::chrono::milliseconds period;
    bool is_metric;
  };
  /// A number, or the reason why there is none.
  struct computed {
    double at;  ///< seconds since the signal began
    std::optional<double> number;
    std::string why;
  };

  computed compute(double seconds);
  computed now();

  const sampling sampling_;
  const std::unique_ptr<evaluator> evaluator_;
  const clock& time_;
  const std::shared_ptr<cell> cell_;  ///< holds the time when it began
  std::optional<computed> sample_;    ///< the result at the last point of the grid that was requested
  steady_time sampled_at_{};          ///< the time of that point
};

/// Returns the kind: `wave: {signal: sin(t)}` in a configuration.
const kind_module& signal_kind();

}  // namespace mqcoap
