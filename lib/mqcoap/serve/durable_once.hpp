#pragma once

#include <functional>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/serve/chain_builder.hpp>
#include <mqcoap/serve/once_store.hpp>
#include <mqcoap/serve/serving_core.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

struct durable_once_options {
  std::vector<std::string> tags{};  ///< the devices for which writes are recorded; sorted

  friend bool operator==(const durable_once_options&, const durable_once_options&) = default;
};

/// Makes sure that a POST, PUT or DELETE for some devices runs once also if the process ends meanwhile
/// (docs/protocol.md, "Run once"): it is recorded before it is run. It is a step behind the limits: what they
/// refuse is never run. `run_once` is before it, and has the repeats that come while the process lives.
class durable_once final : public composed_step<durable_once_options> {
 public:
  struct environment {
    serving_core& core;
    const clock& time;
    once_store* store = nullptr;       ///< null: nothing is recorded
    std::function<void()> repeated{};  ///< called for each repeat
  };

  durable_once(durable_once_options given, environment env);

  std::string_view name() const noexcept override { return "durable once"; }
  void process(responder& r) override;
  void on_answer(const call& c, const answer& what) override;

 private:
  bool concerns(const call& c) const noexcept;

  const environment env_;
};

}  // namespace mqcoap
