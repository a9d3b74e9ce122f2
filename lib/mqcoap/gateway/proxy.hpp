#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mqcoap/ask/request_sender.hpp>
#include <mqcoap/gateway/counters.hpp>
#include <mqcoap/gateway/hop.hpp>
#include <mqcoap/gateway/late_answers.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/gateway/proxy_rules.hpp>
#include <mqcoap/gateway/route_table.hpp>
#include <mqcoap/gateway/statistics.hpp>
#include <mqcoap/gateway/upstream.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/transport/link.hpp>
#include <mqcoap/transport/mqtt_device_link.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap {

/// Forwards requests to other devices and returns their answers (docs/protocol.md, "Proxying"): finds the
/// route and the device, sends the request (`ask::request_sender`) as a hop with a fresh request id and a
/// deadline, and counts. Runs on the event loop; the clock provides the time, and the owner of the alarm
/// calls at deadlines.
class proxy final : private ask::request_sender_owner {
 public:
  struct environment {
    const std::vector<link*>& links;  ///< the first is the default
    const clock& time;
    counters& counted;
    statistics& stats;
    const namespace_name& ns;
    const decode_rules& decoding;
    const gateway_limits& limits;
    /// Receives a device's answer to a write that was answered with 504 or 502 before (`late_answers`).
    std::function<void(const call& original, const answer& late)> late{};
    std::function<void()> out_of_memory{};  ///< called when memory allocation failed for a message
    request_id_generator ids{};             ///< generates the ids of hops
  };

  proxy(proxy_options options, environment env);
  proxy(const proxy&) = delete;
  ~proxy();

  /// Uses other routes from the next request on; hops in flight keep theirs. Returns the previous ones.
  std::shared_ptr<const proxy_rules> use(std::shared_ptr<const proxy_rules> rules) noexcept {
    return std::exchange(rules_, std::move(rules));
  }
  /// Sends nothing new over a link, and forgets its idle devices. Returns true if none of its
  /// devices is left.
  bool release(const link& l);

  const route_table& routes() const noexcept { return rules_->routes; }
  std::size_t path_limit() const noexcept { return env_.decoding.limits.path; }

  using load = ask::device::load;
  /// @param key  `BROKER/NAMESPACE/TAG`
  load load_of(const std::string& key) const noexcept;
  load whole_load() const noexcept;
  /// Returns true if the gateway subscribes to the answers of this device, so that the link to its broker
  /// also delivers answers of other programs under that tag, and those of the gateway itself.
  /// @param key  see `load_of`
  bool listens_to(const std::string& key) const { return sender_.find_device(key) != nullptr; }

  /// Forwards a request whose caller named the target (forward proxy).
  void forward(responder&& r, const address& to);
  /// Forwards a request by its own topic (reverse proxy by tag).
  void reverse(responder&& r);
  /// Forwards to the target of a mount. The configuration names it, so no route needs to allow it; a matching
  /// route determines how to get there.
  void forward_mounted(responder&& r, const address& to);

  /// A hop that was sent and is not yet answered.
  struct sent_hop {
    const link& via;
    const device_tag& tag;
    const std::string& route;
    bool device_answered;  ///< whether it has ever answered anything
    bool device_mute;      ///< see `upstream::mute_behind_bridge`
  };
  /// Returns nothing if no such hop is in flight. Valid until the hop ends.
  std::optional<sent_hop> find_sent(const request_id& id) noexcept;
  /// Notes that the request came back, possibly over a bridge, and that its device has never answered. If the
  /// device does not answer in time, the caller gets 502 with this text instead of 504; at once, if the
  /// device has already left such a request unanswered.
  void expect_loop(const request_id& id, std::string message);
  /// Answers the caller of a hop with 502: no device has the request.
  void end_loop(const request_id& id, const std::string& message);

  void on_response(link& from, const exchange_topic& topic, std::string_view payload);
  void on_link_up(link& which);
  void on_link_down(link& which, std::string_view why);

  /// Answers 504 to requests whose deadline has passed.
  void expire(steady_time now) { sender_.expire(now); }
  /// Returns true if this is an answer to a current or recent request of the gateway.
  bool knows(const exchange_topic& response);
  steady_time next_deadline() const noexcept { return sender_.next_deadline(); }
  /// Answers all pending requests: 504 if a device has them, 503 if they were not sent.
  void abandon(std::string_view why);

 private:
  void forward_by(responder&& r, const route_options& route, const address& to);
  void start(responder&& r, const route_options& route, const address& requested, route_destination where);
  std::optional<answer> reason_to_refuse(const call& c, const link& via, steady_time deadline);
  std::optional<answer> reason_to_refuse(const upstream& device, const route_options& route) const;
  upstream* find_or_add(link& via, const std::string& ns, const device_tag& tag);
  mqtt_device_link& way_over(link& via);
  mqtt_device_link* find_way(const link& via) const noexcept;
  std::size_t places_left() const noexcept;
  hop* find_hop(const request_id& id) noexcept { return static_cast<hop*>(sender_.find(id)); }
  steady_time deadline_of(const call& c, const route_options& route) const;
  link* find_link(const std::string& name) const noexcept;

  void count(ask::fact what) noexcept override;
  void on_no_memory() noexcept override;
  ask::fact on_unawaited(ask::fact as, const ask::device_link& from, const exchange_topic& topic,
                         const request_id& id, std::string_view payload) override;
  bool take_late(const link& from, const exchange_topic& topic, const request_id& id,
                 std::string_view payload);

  const environment env_;
  std::shared_ptr<const proxy_rules> rules_;  ///< shared with the hops in flight
  late_answers late_;
  const hop::surroundings around_;
  std::vector<std::unique_ptr<mqtt_device_link>> ways_;  ///< one for each link that leads to a device
  ask::request_sender sender_;                           ///< all of its requests are hops
  request_id_generator ids_;
};

}  // namespace mqcoap
