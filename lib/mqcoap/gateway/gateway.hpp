#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/base/text_map.hpp>
#include <mqcoap/exchange/duplicate_filter.hpp>
#include <mqcoap/exchange/standing_subscription.hpp>
#include <mqcoap/exchange/throttle.hpp>
#include <mqcoap/gateway/broker_watch.hpp>
#include <mqcoap/gateway/counters.hpp>
#include <mqcoap/gateway/event_publisher.hpp>
#include <mqcoap/gateway/feed.hpp>
#include <mqcoap/gateway/local_device.hpp>
#include <mqcoap/gateway/mqtt_front.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/gateway/own_documents.hpp>
#include <mqcoap/gateway/prepared_options.hpp>
#include <mqcoap/gateway/proxy.hpp>
#include <mqcoap/gateway/proxy_forwarder.hpp>
#include <mqcoap/gateway/request_log.hpp>
#include <mqcoap/gateway/request_record.hpp>
#include <mqcoap/gateway/resource_requests.hpp>
#include <mqcoap/gateway/return_watch.hpp>
#include <mqcoap/gateway/rival_watch.hpp>
#include <mqcoap/gateway/statistics.hpp>
#include <mqcoap/gateway/tag_directory.hpp>
#include <mqcoap/gateway/topic_board.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/resource/resource_services.hpp>
#include <mqcoap/serve/chain_builder.hpp>
#include <mqcoap/serve/once_store.hpp>
#include <mqcoap/serve/serving_core.hpp>
#include <mqcoap/serve/timer_queue.hpp>
#include <mqcoap/state/memory_store.hpp>
#include <mqcoap/state/resource_state.hpp>
#include <mqcoap/state/state_draft.hpp>
#include <mqcoap/state/state_store.hpp>
#include <mqcoap/transport/link.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// The callbacks of the gateway to its owner, on the event loop.
struct gateway_hooks {
  std::function<void()>
      ready;  ///< the broker has confirmed every subscription, after each connect of the default link
  /// Creates the documents under `.gw/`; empty: nothing is served there.
  std::function<json_text(own_document)> document{};
  std::function<void()> away{};  ///< the default link is disconnected
  /// Called when a link that `reconfigure` removed is no longer needed: it can be stopped, and then
  /// destroyed. Never called inside a callback of a link.
  std::function<void(link&)> retired{};
  /// Receives log lines about rivals, resources, topics, events and stored values; empty: spdlog logs them.
  log_sink notice{};
  /// Services for resources that use files, programs, instruments and HTTP servers, and for actions that run
  /// a program; must outlive the gateway. Null: a configuration with such a resource is rejected.
  backend_services* backends = nullptr;
  /// Returns false if another gateway serves: then messages are dropped unread. Empty: this gateway serves.
  std::function<bool()> may_serve{};
  /// Stores changes of resources; must outlive the gateway. Null: they are lost with the gateway.
  state_store* store = nullptr;
  /// Records the writes of devices with `durable_dedup`; must outlive the gateway. Null: they
  /// are not recorded.
  once_store* writes = nullptr;
  request_sink log{};          ///< receives the records of the request log; empty: spdlog logs them
  request_id_generator ids{};  ///< generates the ids of hops; tests use a fixed sequence
  /// Adds steps of the owner to the chain, at the start and at every reload. They receive all readable
  /// requests, and all of their answers, before the limits are applied.
  std::function<void(chain_builder&, const gateway_options&)> steps{};
};

/// Composes the front that takes requests from the default link (mqtt_front), the serving core with local
/// resources and a proxy, and the way back for exactly one answer to each request. Owns no link, no timer and
/// no thread: links deliver messages, the owner of the alarm calls `on_alarm`, and the clock provides the
/// time, so that a test can drive it by hand.
/// @par Threads  All functions on the event loop.
class gateway final : public link_events {
 public:
  /// @param links  at least one; must outlive the gateway. The first is served
  gateway(gateway_options options, std::vector<link*> links, const clock& time, alarm& wake,
          gateway_hooks hooks = {});
  ~gateway();

  /// Starts the links.
  void start();

  /// Applies other options and links without losing a request. Requests in flight complete as they began: on
  /// their links, by their old routes. Equal parts are kept: links, subscriptions, devices, and the cells of
  /// changed devices; counters and the memory of answered requests are always kept. Does
  /// nothing while draining.
  /// @param links  as for the constructor. The caller starts new ones, with this object as their owner; a
  ///   link with the client id of a removed one is started only after that one is stopped. Removed links must
  ///   live until `gateway_hooks::retired`, or until the gateway is destroyed.
  /// @par Errors  Throws like the constructor; then nothing has changed.
  void reconfigure(gateway_options options, std::vector<link*> links);
  /// Applies other options and links in parts, between which requests are answered.
  class reconfiguration;

  /// Accepts no new requests; calls `done` once when the last one is answered (possibly inside this call).
  void drain(std::function<void()> done);
  /// Answers all pending requests: 504 if a device or a resource has them, 503 if they were not sent.
  void abandon();

  /// Must be called when the time of the alarm has come.
  void on_alarm();

  void on_link_up(link& l) noexcept override;
  void on_link_down(link& l, const outage_cause& why) noexcept override;
  void on_message(link& l, const inbound& m) noexcept override;

  const counters& counted() const noexcept { return counted_; }
  std::size_t in_flight() const noexcept { return core_.in_flight(); }
  std::size_t device_count() const noexcept { return options_.devices.size(); }
  std::size_t route_count() const noexcept { return proxy_.routes().size(); }

  /// @name For observers
  /// @{
  /// Returns the feed, for subscribers.
  feed& facts() noexcept { return facts_; }
  const statistics& stats() const noexcept { return stats_; }
  const gateway_options& options() const noexcept { return options_; }
  const std::vector<link*>& links() const noexcept { return links_; }
  const device_map& devices() const noexcept { return devices_; }
  proxy::load load_of(const std::string& device_key) const noexcept { return proxy_.load_of(device_key); }
  proxy::load whole_load() const noexcept { return proxy_.whole_load(); }
  /// Returns true while the broker has confirmed every subscription on the current connection.
  bool subscribed() const noexcept { return front_.subscribed(); }
  const std::vector<return_watch::row>& returned() const noexcept { return returns_.seen(); }
  duplicate_filter::usage run_once_usage() const;
  bool draining() const noexcept { return core_.draining(); }
  /// Returns the tags for which another program answers as well.
  const rival_watch& rivals() const noexcept { return front_.rivals(); }
  /// @}

 private:
  struct leaving_link {
    link* via;
    bool in_the_way;       ///< another link has the same client id: each would close the other's connection
    steady_time deadline;  ///< until then, a link that conflicts may finish
  };

  proxy::environment proxy_environment();
  mqtt_front::environment front_environment();
  event_publisher::environment events_environment();
  resource_services make_services();
  void report_reading(std::string_view device, std::string_view path);
  resource_requests::environment requests_environment();
  std::shared_ptr<local_device> make_device(const wanted_device& wanted, state_draft& draft) const;
  void make_first_devices();
  void leave(std::shared_ptr<local_device> device) noexcept;
  void put_in_force(prepared_options& next, std::shared_ptr<const step_chain> chain,
                    std::vector<link*> links) noexcept;
  void restore_state();
  void report_set_aside(const cell& of, std::uint64_t number, std::string_view why);
  void set_places() noexcept;
  std::shared_ptr<const void> home_of(const call& kept) const;
  std::vector<extra_resource> make_own_documents() const;
  std::shared_ptr<const step_chain> make_chain(const gateway_options& options);
  void leave_broker();
  void release_links(const std::vector<link*>& before);
  void retire();
  bool is_kept(const link& l) const noexcept;
  void on_request_ended() noexcept;
  void report_failure(std::string_view topic, std::string_view why) noexcept;
  void follow_requests();
  void report_link(const link& l, const outage_cause* why) noexcept;
  void drop(event why, std::string_view topic);
  void set_alarm();
  void wake_soon();

  gateway_options options_;
  std::vector<link*> links_;
  const clock& time_;
  alarm& wake_;
  const gateway_hooks hooks_;
  counters counted_;
  feed facts_;
  statistics stats_;
  request_log log_;
  std::vector<subscription> logged_;  ///< subscriptions of the request log
  throttle failure_lines_{std::chrono::seconds(1)};
  serving_core core_;
  proxy proxy_;
  return_watch returns_;
  broker_watch default_broker_;
  memory_store memory_;   ///< used if there is no other store
  resource_state state_;  ///< of the devices' resources; it is kept across a reload
  proxy_forwarder elsewhere_;
  timer_queue timers_;
  topic_board topics_;
  event_publisher events_;
  resource_requests requests_;
  /// Collects changed readings while a device is built for a reload; null at other times.
  std::vector<std::pair<std::string, std::string>>* early_readings_ = nullptr;
  const resource_services services_;  ///< services for the devices' resources
  device_map devices_;
  std::vector<std::shared_ptr<local_device>>
      leaving_devices_;  ///< replaced devices that have unanswered calls
  const tag_directory tags_;
  mqtt_front front_;
  std::vector<leaving_link> leaving_links_;
  steady_time alarm_at_ = steady_time::max();
};

}  // namespace mqcoap
