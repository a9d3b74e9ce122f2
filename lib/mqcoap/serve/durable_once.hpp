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

/// Makes sure that a POST, PUT or DELETE for certain devices runs once even if the process terminates while
/// running it (docs/protocol.md, "Run once"): each is recorded before it is run. This step comes after the
/// limits, because calls that they reject are never run. `run_once` comes before it, and handles the repeats
/// that arrive while the process is running.
class durable_once final : public composed_step<durable_once_options> {
 public:
  struct environment {
    serving_core& core;
    const clock& time;
    once_store* store = nullptr;       ///< null if nothing is recorded
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
