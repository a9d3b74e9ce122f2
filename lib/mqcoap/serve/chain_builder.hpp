#pragma once

#include <algorithm>
#include <memory>
#include <mqcoap/serve/step_chain.hpp>
#include <utility>

namespace mqcoap {

/// Composes a chain from options. Of the chain before, it keeps the steps that are to be the same: of the
/// same class, with equal options.
class chain_builder {
 public:
  explicit chain_builder(const step_chain& before) : before_(before.steps()) {}

  /// Adds a step at the end.
  /// @param options  what the configuration says of it. `Step` has a type of this name, which can be
  ///   compared, and gives its own by `given()`
  /// @param environment  what else its constructor takes. The same over all reloads: a step that is kept has
  ///   what it was given first
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
  step_chain::step_list before_;  ///< those that are not used again yet
  step_chain::step_list made_;
};

/// What `chain_builder` needs of a step, for steps to derive from.
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

/// Of a step of which the configuration says nothing.
struct no_options {
  friend bool operator==(const no_options&, const no_options&) = default;
};

}  // namespace mqcoap
