#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/text_map.hpp>
#include <mqcoap/client/handler_chain.hpp>
#include <mqcoap/exchange/duplicate_filter.hpp>
#include <mqcoap/gateway/counters.hpp>
#include <mqcoap/gateway/local_device.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/gateway/own_documents.hpp>
#include <mqcoap/gateway/proxy.hpp>
#include <mqcoap/gateway/request_log.hpp>
#include <mqcoap/gateway/request_record.hpp>
#include <mqcoap/gateway/standing_subscription.hpp>
#include <mqcoap/gateway/statistics.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/transport/link.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// What the gateway tells whoever runs it, on the event loop.
struct gateway_hooks {
  std::function<void()>
      ready;  ///< the broker has confirmed every subscription, after each connection of the default link
  /// Makes what is asked for under `.gw/`; none: nothing is served there.
  std::function<json_text(own_document)> document{};
  request_sink log{};  ///< gets the records of the request log; none: they are lines of spdlog's
};

/// Takes requests from the default link, answers them from local resources or forwards them, and sends
/// exactly one answer to each. Owns no link, no timer and no thread: links bring messages, the alarm's owner
/// calls `on_alarm`, and time comes from the clock, so that a test can run it all by hand.
/// @par Threads  Everything on the event loop.
class gateway final : public link_events, public reply_sink {
 public:
  /// @param links  at least one, outliving the gateway; the first is the one that is served
  gateway(gateway_options options, std::vector<link*> links, const clock& time, alarm& wake,
          gateway_hooks hooks = {});
  ~gateway();

  /// Starts the links.
  void start();

  /// Takes no new requests; calls `done` once when the last one is answered (maybe inside this call).
  void drain(std::function<void()> done);
  /// Answers what still waits: 504 what a device has, 503 what was not sent.
  void abandon();

  /// To be called when the time that the alarm was set to has come.
  void on_alarm();

  void on_link_up(link& l) noexcept override;
  void on_link_down(link& l, std::string_view why) noexcept override;
  void on_message(link& l, const inbound& m) noexcept override;
  void reply(call& answered, answer&& what) noexcept override;

  const counters& counted() const noexcept { return counted_; }
  std::size_t in_flight() const noexcept { return in_flight_; }
  std::size_t device_count() const noexcept { return options_.devices.size(); }
  std::size_t route_count() const noexcept { return proxy_.routes().size(); }

  /// @name For those who watch it
  /// @{
  const statistics& stats() const noexcept { return stats_; }
  const std::vector<link*>& links() const noexcept { return links_; }
  const text_map<std::unique_ptr<local_device>>& devices() const noexcept { return devices_; }
  proxy::load load_of(const std::string& device_key) const noexcept { return proxy_.load_of(device_key); }
  proxy::load whole_load() const noexcept { return proxy_.whole_load(); }
  /// True while the broker has confirmed every subscription on the present connection.
  bool subscribed() const noexcept;
  bool draining() const noexcept { return static_cast<bool>(drained_); }
  /// @}

 private:
  void add_devices();
  std::vector<extra_resource> make_own_documents() const;
  std::vector<std::string> request_filters() const;
  void on_requests_subscribed(const std::string& filter, error_code ec);
  bool serves(std::string_view tag) const noexcept;
  bool is_forward_tag(std::string_view tag) const noexcept;
  void take_request(exchange_topic topic, std::string_view payload);
  bool pass_duplicate_filter(call& c, bool enter);
  void compose_chain();
  void forward_by_uri(responder& r);
  void forward_by_path(responder& r);
  void answer_locally(responder& r);
  void reverse_by_tag(responder& r);
  std::vector<call> note_outcome(const call& answered, const answer& what);
  void refuse(call& c, response_code code, std::string_view words);
  void send(const call& c, const answer& what);
  void encode(const call& c, const answer& what);
  error_code publish_answer(const call& c);
  error_code send_too_large(const call& c, std::size_t bytes);
  error_code publish_payload(const exchange_topic& request_topic, link::written_handler done = {});
  void count_sent(const exchange_topic& request_topic, error_code ec);
  void drop(event why, std::string_view topic);
  void set_alarm();
  void check_drained();

  const gateway_options options_;
  const std::vector<link*> links_;
  const clock& time_;
  alarm& wake_;
  const gateway_hooks hooks_;
  const request_log log_;
  counters counted_;
  statistics stats_;
  duplicate_filter seen_;
  proxy proxy_;
  text_map<std::unique_ptr<local_device>> devices_;
  request_chain chain_;  ///< what answers a request, in order
  std::size_t in_flight_ = 0;
  std::deque<standing_subscription> requests_;  ///< none once it stops
  bool too_large_told_ = false;
  steady_time alarm_at_ = steady_time::max();
  std::string payload_;  ///< reused for every answer
  std::function<void()> drained_;
  std::shared_ptr<gateway*> alive_;  ///< so that what a link tells late does not find a gateway that is gone
};

}  // namespace mqcoap
