#pragma once

#include <functional>
#include <mqcoap/gateway/feed.hpp>
#include <mqcoap/serve/chain_builder.hpp>
#include <string_view>
#include <utility>

namespace mqcoap {

/// Publishes in the feed each call that has ended and each answer that was sent.
class report_requests final : public composed_step<no_options> {
 public:
  /// Called when a subscriber throws; must not throw itself.
  using failure_handler = std::function<void(std::string_view name, std::string_view why)>;

  report_requests(no_options none, feed& facts, failure_handler failed)
      : composed_step(none), facts_(facts), failed_(std::move(failed)) {}

  std::string_view name() const noexcept override { return "feed"; }
  void process(responder&) override {}
  void on_answer(const call& c, const answer& what) override {
    facts_.ended.publish({c, what, c.finished - c.received},
                         [&](std::string_view why) { failed_(c.name(), why); });
  }
  void on_sent(const call& c, const answer& what) override {
    facts_.written.publish({c, what}, [&](std::string_view why) { failed_(c.name(), why); });
  }

 private:
  feed& facts_;
  const failure_handler failed_;
};

}  // namespace mqcoap
