#pragma once

#include <chrono>
#include <functional>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/serve/chain_builder.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {

/// The options of `refuse_stale`: a function that builds the error message.
struct refuse_stale_options {
  /// @param gap  how long the call waited unread  @param caller_timeout  the timeout of its caller
  std::string (*message)(std::chrono::milliseconds gap, std::chrono::milliseconds caller_timeout);

  friend bool operator==(const refuse_stale_options&, const refuse_stale_options&) = default;
};

/// Answers 504 to a call that waited unread for longer than its caller's timeout, instead of running it.
class refuse_stale final : public composed_step<refuse_stale_options> {
 public:
  /// @param refused  called for each rejected call; may be empty
  refuse_stale(refuse_stale_options given, const clock& time, std::function<void()> refused)
      : composed_step(given), time_(time), refused_(std::move(refused)) {}

  std::string_view name() const noexcept override { return "refuse what is stale"; }
  void process(responder& r) override {
    const auto caller_timeout = r.req().options->timeout;
    if (!caller_timeout) return;
    const auto waited = time_.now() - r->received;
    if (waited < *caller_timeout) return;
    if (refused_) refused_();
    const auto gap = std::chrono::duration_cast<std::chrono::milliseconds>(waited);
    std::move(r).refuse(response_code::gateway_timeout, given().message(gap, *caller_timeout));
  }

 private:
  const clock& time_;
  const std::function<void()> refused_;
};

}  // namespace mqcoap
