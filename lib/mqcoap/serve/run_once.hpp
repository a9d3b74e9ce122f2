#pragma once

#include <functional>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/exchange/duplicate_filter.hpp>
#include <mqcoap/serve/chain_builder.hpp>
#include <mqcoap/serve/serving_core.hpp>
#include <string_view>

namespace mqcoap {

/// Makes sure that a POST, PUT or DELETE that arrives twice runs once (docs/protocol.md, "Run once"). This
/// step comes before the limits: a repeat belongs to its first call even when new ones are rejected, and must
/// not get a second answer.
class run_once final : public composed_step<duplicate_filter_options> {
 public:
  struct environment {
    serving_core& core;
    const clock& time;
    std::function<void()> repeated{};  ///< called for each repeat
  };

  run_once(duplicate_filter_options given, environment env);

  std::string_view name() const noexcept override { return "run once"; }
  void process(responder& r) override;
  void on_answer(const call& c, const answer& what) override;
  void expire(steady_time now) override { seen_.forget_old(now); }
  /// Returns when the windows of all remembered calls are over. They are forgotten when other calls arrive,
  /// but the last ones need a timer.
  steady_time next_deadline() const noexcept override { return seen_.all_old_at(); }

  /// Replaces the 504 or 502 that a repeat would get with a late answer.
  void amend(const call& answered, const answer& late) { seen_.amend(answered, late); }
  duplicate_filter::usage usage() const { return seen_.usage_at(env_.time.now()); }

 private:
  const environment env_;
  duplicate_filter seen_;
};

}  // namespace mqcoap
