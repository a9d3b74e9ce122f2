#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/front/mqtt/answer_sender.hpp>
#include <mqcoap/front/mqtt/request_taker.hpp>
#include <mqcoap/gateway/counters.hpp>
#include <mqcoap/gateway/feed.hpp>
#include <mqcoap/gateway/intake.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/gateway/proxy.hpp>
#include <mqcoap/gateway/return_watch.hpp>
#include <mqcoap/gateway/rival_watch.hpp>
#include <mqcoap/gateway/tag_directory.hpp>
#include <mqcoap/gateway/twin_filter.hpp>
#include <mqcoap/serve/serving_core.hpp>
#include <mqcoap/transport/link.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// Passes the requests of the default broker to the serving core, and the answers back. After a reload that
/// changed the default broker, requests from the old one are accepted for a while.
/// @par Threads  All functions on the event loop.
class mqtt_front final : private answer_sender::observer, private request_taker::inspector {
 public:
  /// All references must outlive the front.
  struct environment {
    serving_core& core;
    const gateway_options& options;
    const tag_directory& tags;
    proxy& hops;  ///< checks whether answers belong to hops
    return_watch& returns;
    const clock& time;
    counters& counted;
    feed& facts;
    log_sink notice;              ///< receives messages about rivals that answer for a served tag
    std::function<void()> ready;  ///< see `gateway_hooks`; may be empty, like `away`
    std::function<void()> away;
    std::function<void()> ended;  ///< a request has ended
    /// Called when an action for a message failed; must not throw.
    std::function<void(std::string_view topic, std::string_view why)> failed;
  };

  mqtt_front(link& from, environment env);

  /// Takes requests from this link from now on.
  void serve_from(link& now);
  /// Subscribes to requests for the tags that are served now.
  void subscribe();
  /// Unsubscribes from requests; those in flight may still arrive.
  void unsubscribe();

  void on_link_up(link& l);
  void on_link_down(link& l);
  /// Returns false if the request is not for the gateway.
  bool on_request(link& from, exchange_topic&& topic, const inbound& m);
  /// Handles an answer, which may come from a rival that serves one of the gateway's tags.
  void on_response(const link& from, const exchange_topic& topic);

  /// @name For links that are being removed
  /// @{
  /// Unsubscribes from everything on this link, at once.
  void hurry(const link& l);
  /// Sends messages for this link over the current one, which leads to the same broker and has the same name.
  void replace(const link& l);
  /// Returns true while requests from this link may still arrive, or are unanswered.
  bool uses(const link& l) const noexcept;
  bool leaving() const noexcept { return !leaving_.empty(); }
  /// @}

  void expire(steady_time now);
  steady_time next_deadline(steady_time now) const noexcept;

  /// Returns true while the broker has confirmed every subscription on the current connection.
  bool subscribed() const noexcept { return intake_->confirmed(); }
  const rival_watch& rivals() const noexcept { return rivals_; }

 private:
  struct leaving_intake {
    std::shared_ptr<intake> from;
    steady_time deadline;  ///< until then, requests in flight are accepted
  };

  std::shared_ptr<intake> make_intake(link& on);
  std::shared_ptr<intake> intake_of(const link& l) const noexcept;
  std::vector<std::string> request_filters() const;
  std::string request_filter_of_all() const;
  void watch_for_rivals();
  bool is_rival(const link& l, const exchange_topic& response) const;
  void on_subscribed(intake& from, const std::string& filter, error_code ec);
  void settle();
  bool leaving_one_asks() const noexcept;

  bool inspect(const link& from, const exchange_topic& topic) override;
  finding inspect(const link& from, const exchange_topic& topic, const request& requested) override;
  void on_fault(const exchange_topic& topic, const decode_fault& fault) override;
  void on_no_memory_for(const exchange_topic& topic, const decode_fault& fault) noexcept override;
  void on_encoded(const call& to, const answer& what) noexcept override;
  void on_sent(const exchange_topic& request, error_code error) override;
  void on_too_large(const exchange_topic& request, std::string_view message) override;
  void on_out_of_memory() noexcept override;

  const environment env_;
  answer_sender sender_;
  request_taker taker_;
  std::shared_ptr<intake> intake_;
  std::vector<leaving_intake> leaving_;
  twin_filter twins_;
  rival_watch rivals_;
  return_watch::verdict returned_ = return_watch::verdict::foreign;  ///< verdict on the request being decoded
  std::string group_;                                                ///< the group of the subscriptions
  bool serves_patterns_ = false;
  bool too_large_reported_ = false;
};

}  // namespace mqcoap
