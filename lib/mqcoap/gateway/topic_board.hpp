#pragma once

#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/base/text_map.hpp>
#include <mqcoap/gateway/counters.hpp>
#include <mqcoap/gateway/followed_subscription.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/resource/topic/message_topics.hpp>
#include <mqcoap/transport/link.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// Stores the latest messages of the topics that resources follow, with one subscription for each topic, on
/// the link that is served. Holds at most one message of at most `limits.payload` for each topic.
/// @par Threads  All functions on the event loop.
class topic_board final : public message_topics {
 public:
  /// All references must outlive the board.
  struct environment {
    const clock& time;
    const gateway_options& options;
    counters& counted;
    log_sink log;  ///< receives rejected subscriptions and the first message of a topic that is too large
  };

  topic_board(link& via, environment env);

  std::shared_ptr<followed_topic> follow(const std::string& topic) override;
  error_code publish(const std::string& topic, std::string_view payload, bool retain, steady_time deadline,
                     sent_handler done) override;

  /// Subscribes to all followed topics, and uses this link from now on. Messages of the previous link are
  /// accepted until the broker has confirmed.
  void subscribe(link& now);
  /// Forgets all messages, and accepts no more from the previous link: this one leads to another broker,
  /// whose topics are unrelated. Call it before messages of this link arrive.
  void forget_other_brokers();
  /// Drops the subscriptions on a link that is being removed.
  void release(const link& l) noexcept;

  void on_link_up(link& l);
  void on_link_down(const link& l);
  /// Takes a message. Returns false if no resource reads its topic.
  bool on_message(const link& from, const inbound& m);

 private:
  using topic_map = text_map<std::weak_ptr<followed_subscription>>;

  std::vector<std::shared_ptr<followed_subscription>> followed() const;
  void note_answer(followed_subscription& of, error_code ec) const;

  const environment env_;
  link* via_;
  const std::shared_ptr<topic_map> topics_ = std::make_shared<topic_map>();  ///< shared with its entries
};

}  // namespace mqcoap
