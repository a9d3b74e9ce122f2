#pragma once

#include <cstdint>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/exchange/channel.hpp>
#include <mqcoap/resource/backend/reading.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/resource/topic/followed_topic.hpp>
#include <mqcoap/resource/topic/topic.hpp>
#include <optional>
#include <string>

namespace mqcoap {

/// Answers GET with the latest message of a topic, from memory: a message is parsed once, by the first GET
/// after it. Answers 503 if there is none or it is too old, and 502 if it cannot be parsed.
class topic_resource final : public handler {
 public:
  /// @param writer  answers the other methods; null if they are rejected
  topic_resource(topic_options options, std::shared_ptr<followed_topic> source,
                 std::shared_ptr<handler> writer, const clock& time);

  /// Calls `hear` after each change of the message, until the resource is destroyed.
  void on_change(std::function<void()> hear) { changes_ = source_->on_change(std::move(hear)); }
  void handle(responder&& r) override;
  bool is_metric() const noexcept override { return options_.front.is_metric; }
  std::optional<double> measured() override;

 private:
  /// The value that was parsed from a message.
  struct parsed {
    std::uint64_t revision;
    result<json_text, unreadable> value;
    std::string etag;
  };

  std::optional<std::string> why_unavailable() const;
  /// Precondition: there is a message.
  const parsed& latest();

  const topic_options options_;
  const reading reading_;
  const std::shared_ptr<followed_topic> source_;
  const std::shared_ptr<handler> writer_;
  const clock& time_;
  std::optional<parsed> parsed_;
  subscription changes_;
};

}  // namespace mqcoap
