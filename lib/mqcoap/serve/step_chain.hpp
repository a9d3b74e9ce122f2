#pragma once

#include <algorithm>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/serve/step.hpp>
#include <utility>
#include <vector>

namespace mqcoap {

/// The steps of a serving core, in order. A chain is immutable: a reload composes a new one, and calls finish
/// in the one in which they began.
class step_chain {
 public:
  using step_list = std::vector<std::shared_ptr<step>>;

  explicit step_chain(step_list steps = {}) : steps_(std::move(steps)) {}

  const step_list& steps() const noexcept { return steps_; }
  /// Returns the first step of a class; null if there is none.
  template <class Step>
  std::shared_ptr<Step> find() const noexcept {
    for (const auto& each : steps_)
      if (auto found = std::dynamic_pointer_cast<Step>(each)) return found;
    return nullptr;
  }
  steady_time next_deadline() const noexcept {
    auto next = steady_time::max();
    for (const auto& each : steps_) next = std::min(next, each->next_deadline());
    return next;
  }

 private:
  const step_list steps_;
};

}  // namespace mqcoap
