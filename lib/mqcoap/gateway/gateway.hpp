#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/base/text_map.hpp>
#include <mqcoap/client/answer_sender.hpp>
#include <mqcoap/client/handler_chain.hpp>
#include <mqcoap/exchange/duplicate_filter.hpp>
#include <mqcoap/exchange/standing_subscription.hpp>
#include <mqcoap/exchange/throttle.hpp>
#include <mqcoap/gateway/counters.hpp>
#include <mqcoap/gateway/local_device.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/gateway/own_documents.hpp>
#include <mqcoap/gateway/proxy.hpp>
#include <mqcoap/gateway/proxy_forwarder.hpp>
#include <mqcoap/gateway/request_log.hpp>
#include <mqcoap/gateway/request_record.hpp>
#include <mqcoap/gateway/return_watch.hpp>
#include <mqcoap/gateway/rival_watch.hpp>
#include <mqcoap/gateway/statistics.hpp>
#include <mqcoap/gateway/twin_filter.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/resource/resource_services.hpp>
#include <mqcoap/serve/open_calls.hpp>
#include <mqcoap/serve/timer_queue.hpp>
#include <mqcoap/state/resource_state.hpp>
#include <mqcoap/state/state_store.hpp>
#include <mqcoap/transport/link.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// What the gateway tells its owner, on the event loop.
struct gateway_hooks {
  std::function<void()>
      ready;  ///< the broker has confirmed every subscription, after each connection of the default link
  /// Makes what is asked for under `.gw/`; none: nothing is served there.
  std::function<json_text(own_document)> document{};
  std::function<void()> away{};  ///< the default link is down
  /// Nothing is expected any more of a link that `reconfigure` left out: it can be stopped, and then
  /// destroyed. Never inside a callback of a link.
  std::function<void(link&)> retired{};
  /// Hears of others who answer for a tag that is served; none: they are lines of spdlog's.
  log_sink notice{};
  request_sink log{};          ///< gets the records of the request log; none: they are lines of spdlog's
  request_id_generator ids{};  ///< makes the ids of hops; tests that compare give a fixed sequence
};

/// Takes requests from the default link, answers them from local resources or forwards them, and sends
/// exactly one answer to each. Owns no link, no timer and no thread: links bring messages, the alarm's owner
/// calls `on_alarm`, and time comes from the clock, so that a test can run it all by hand.
/// @par Threads  Everything on the event loop.
class gateway final : public link_events, private answer_sender::observer {
 public:
  /// @param links  at least one, outliving the gateway; the first is the one that is served
  /// @param store  makes changes of resources last; none: they last as long as the gateway
  gateway(gateway_options options, std::vector<link*> links, const clock& time, alarm& wake,
          gateway_hooks hooks = {}, std::unique_ptr<state_store> store = nullptr);
  ~gateway();

  /// Starts the links.
  void start();

  /// Puts other options and links in force, without losing a request. Requests under way end as they began:
  /// on their links, by the routes of that time. What is the same stays as it is: links, subscriptions,
  /// devices, and of changed devices what their resources keep; counters and the memory of answered requests
  /// stay in any case. Does nothing once it drains.
  /// @param links  as for the constructor. New ones are the caller's to start, with this as their owner; one
  /// with
  ///   the client id of one that is left out, not before that is stopped. Those that are left out live until
  ///   `gateway_hooks::retired`, or until the gateway is gone.
  /// @par Errors  Throws as the constructor does, and then nothing has changed.
  void reconfigure(gateway_options options, std::vector<link*> links);

  /// Takes no new requests; calls `done` once when the last one is answered (maybe inside this call).
  void drain(std::function<void()> done);
  /// Answers what still waits: 504 what a device or a resource has, 503 what was not sent.
  void abandon();

  /// To be called when the time that the alarm was set to has come.
  void on_alarm();

  void on_link_up(link& l) noexcept override;
  void on_link_down(link& l, const outage_cause& why) noexcept override;
  void on_message(link& l, const inbound& m) noexcept override;

  const counters& counted() const noexcept { return counted_; }
  std::size_t in_flight() const noexcept { return in_flight_; }
  std::size_t device_count() const noexcept { return options_.devices.size(); }
  std::size_t route_count() const noexcept { return proxy_.routes().size(); }

  /// @name For those who watch it
  /// @{
  const statistics& stats() const noexcept { return stats_; }
  const gateway_options& options() const noexcept { return options_; }
  const std::vector<link*>& links() const noexcept { return links_; }
  const text_map<std::shared_ptr<local_device>>& devices() const noexcept { return devices_; }
  proxy::load load_of(const std::string& device_key) const noexcept { return proxy_.load_of(device_key); }
  proxy::load whole_load() const noexcept { return proxy_.whole_load(); }
  /// True while the broker has confirmed every subscription on the present connection.
  bool subscribed() const noexcept;
  const std::vector<return_watch::row>& returned() const noexcept { return returns_.seen(); }
  duplicate_filter::usage run_once_usage() const { return seen_.usage_at(time_.now()); }
  bool draining() const noexcept { return static_cast<bool>(drained_); }
  /// Who else answers for a tag that is served.
  const rival_watch& rivals() const noexcept { return rivals_; }
  /// @}

 private:
  struct intake;
  using device_map = text_map<std::shared_ptr<local_device>>;
  struct leaving_intake {
    std::shared_ptr<intake> from;
    steady_time patience;  ///< until then, requests on their way are taken
  };
  struct leaving_link {
    link* via;
    bool in_the_way;       ///< of another with the same client id: each would throw the other off the broker
    steady_time patience;  ///< until then, one that is in the way may finish
  };

  device_map make_devices(const gateway_options& options, state_draft& draft);
  void keep_devices(device_map changed);
  void change_intake();
  void let_go_of_links(const std::vector<link*>& before);
  void retire();
  bool is_kept(const link& l) const noexcept;
  void subscribe_requests();
  void settle_intakes();
  bool leaving_intake_asks() const noexcept;
  intake* intake_of(const link& l) noexcept;
  void reply(intake& from, call& answered, answer&& what) noexcept;
  std::vector<extra_resource> make_own_documents() const;
  std::vector<std::string> request_filters() const;
  std::vector<std::string> named_tags() const;
  void watch_for_rivals();
  void on_requests_subscribed(intake& from, const std::string& filter, error_code ec);
  bool serves(std::string_view tag) const noexcept;
  bool is_forward_tag(std::string_view tag) const noexcept;
  bool is_rival(const link& l, const exchange_topic& response);
  void keep_open(intake& from, call& c) noexcept;
  answer late_handler(const call& c);
  void take_request(intake& from, exchange_topic topic, const inbound& m);
  std::unique_ptr<call> admit(intake& from, exchange_topic topic, const inbound& m);
  static std::optional<answer> came_back();
  std::optional<answer> reason_to_refuse(const call& c, std::chrono::nanoseconds waited) const;
  bool pass_duplicate_filter(link& via, call& c, bool enter);
  void refuse_for_memory(link& via, std::string_view topic);
  void compose_chain();
  void forward_by_uri(responder& r);
  void forward_by_path(responder& r);
  void answer_locally(responder& r);
  void reverse_by_tag(responder& r);
  void refuse(link& via, const call& c, const answer& what);
  void on_encoded(const call& to, const answer& what) noexcept override;
  void on_sent(const exchange_topic& request, error_code error) override;
  void on_too_large(const exchange_topic& request, std::string_view words) override;
  void on_out_of_memory() noexcept override;
  template <class Action>
  void attempt(std::string_view topic, Action&& action) noexcept;
  void tell_failure(std::string_view topic, std::string_view why) noexcept;
  void drop(event why, std::string_view topic);
  void set_alarm();
  void wake_soon();
  void check_drained();

  gateway_options options_;
  std::vector<link*> links_;
  const clock& time_;
  alarm& wake_;
  const gateway_hooks hooks_;
  request_log log_;
  counters counted_;
  statistics stats_;
  duplicate_filter seen_;
  std::shared_ptr<intake> intake_;
  std::vector<leaving_intake> leaving_intakes_;
  std::vector<leaving_link> leaving_links_;
  twin_filter twins_;
  rival_watch rivals_;
  proxy proxy_;
  return_watch returns_;
  const std::unique_ptr<state_store> store_;
  resource_state state_;  ///< of the devices' resources; it stays over a reload
  proxy_forwarder elsewhere_;
  timer_queue timers_;
  const resource_services services_;  ///< what those resources may use
  device_map devices_;
  std::vector<std::shared_ptr<local_device>> leaving_devices_;  ///< replaced, with calls not yet answered
  request_chain chain_;                                         ///< what answers a request, in order
  answer_sender sender_;
  open_calls open_;                 ///< those that a local handler answers later
  const call* in_chain_ = nullptr;  ///< the one that the chain is given, until it is answered
  std::size_t in_flight_ = 0;
  bool too_large_told_ = false;
  bool serves_patterns_ = false;  ///< of the proxy's routes, some take tags that nobody has named
  throttle failure_lines_{std::chrono::seconds(1)};
  steady_time alarm_at_ = steady_time::max();
  std::function<void()> drained_;
};

}  // namespace mqcoap
