#pragma once

#include <mqcoap/base/clock.hpp>
#include <mqcoap/gateway/statistics.hpp>
#include <mqcoap/serve/chain_builder.hpp>
#include <string_view>

namespace mqcoap {

/// Counts each call with its answer.
class count_requests final : public composed_step<no_options> {
 public:
  count_requests(no_options none, statistics& stats, const clock& time)
      : composed_step(none), stats_(stats), time_(time) {}

  std::string_view name() const noexcept override { return "request counts"; }
  void process(responder&) override {}
  void on_answer(const call& c, const answer& what) override {
    if (c.admitted)
      stats_.count_answer(c, what.code, time_.now() - c.received);
    else
      stats_.count_refusal(c, what.code);
  }

 private:
  statistics& stats_;
  const clock& time_;
};

}  // namespace mqcoap
