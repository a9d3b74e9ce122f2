#pragma once

#include <algorithm>
#include <memory>
#include <mqcoap/serve/step_chain.hpp>
#include <utility>

namespace mqcoap {

/// Composes a chain from options. Reuses the steps of the previous chain that are of the same class and have
/// equal options.
class chain_builder {
 public:
  explicit chain_builder(const step_chain& before) : before_(before.steps()) {}

  /// Adds a step at the end.
  /// @param options  the options of the step. `Step` has a comparable type of this name, and returns its own
  ///   by `given()`
  /// @param environment  further arguments of its constructor. They must be the same in all reloads, because
  ///   a reused step keeps the first ones
  template <class Step, class... Environment>
  void add(typename Step::options options, Environment&&... environment) {
    const auto same = std::find_if(before_.begin(), before_.end(), [&](const auto& each) {
      const auto* const candidate = dynamic_cast<const Step*>(each.get());
      return candidate != nullptr && candidate->given() == options;
    });
    if (same == before_.end()) {
      made_.push_back(std::make_shared<Step>(std::move(options), std::forward<Environment>(environment)...));
    } else {
      made_.push_back(std::move(*same));
      before_.erase(same);
    }
  }

  step_chain::step_list take() { return std::move(made_); }

 private:
  step_chain::step_list before_;  ///< steps that are not reused yet
  step_chain::step_list made_;
};

/// The base class of steps that `chain_builder` can compose.
template <class Options>
class composed_step : public step {
 public:
  using options = Options;
  const options& given() const noexcept { return given_; }

 protected:
  explicit composed_step(options given) : given_(std::move(given)) {}

 private:
  const options given_;
};

/// The options of a step without options.
struct no_options {
  friend bool operator==(const no_options&, const no_options&) = default;
};

}  // namespace mqcoap
