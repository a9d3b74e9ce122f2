#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mqcoap/exchange/outcome_memory.hpp>
#include <mqcoap/exchange/pending_table.hpp>
#include <mqcoap/gateway/counters.hpp>
#include <mqcoap/gateway/device_place.hpp>
#include <mqcoap/gateway/late_answers.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/gateway/route_table.hpp>
#include <mqcoap/gateway/statistics.hpp>
#include <mqcoap/gateway/upstream.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/transport/link.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mqcoap {

/// Forwards requests to other devices and brings their answers back (docs/protocol.md, section 6). One hop
/// has a fresh request id, a deadline and a place at its device; the first answer with the awaited topic, id
/// and path wins. Runs on the event loop; time comes from the clock, deadlines are asked for at the alarm's
/// owner.
class proxy {
 public:
  struct environment {
    const std::vector<link*>& links;  ///< the first is the default
    const clock& time;
    counters& counted;
    statistics& stats;
    const namespace_name& ns;
    const decode_rules& decoding;
    const gateway_limits& limits;
    /// Gets a device's answer to a write that was answered with 504 before.
    std::function<void(const call& asked, const answer& late)> late{};
    std::function<void()> out_of_memory{};  ///< hears that there was none for a message
    request_id_generator ids{};             ///< makes the ids of hops
  };

  proxy(proxy_options options, environment env);
  proxy(const proxy&) = delete;
  ~proxy();

  /// Other routes, from the next request on; hops under way keep theirs.
  void reconfigure(proxy_options options);
  /// A link that is to go: nothing new is sent there. Forgets its devices that are idle. @return true if none
  /// is left
  bool let_go(const link& l);

  const route_table& routes() const noexcept { return rules_->routes; }
  std::size_t path_limit() const noexcept { return env_.decoding.limits.path; }

  /// How much a device works on, and how much waits for it.
  struct load {
    std::size_t in_flight = 0;
    std::size_t waiting = 0;
  };
  /// @param key  `BROKER/NAMESPACE/TAG`
  load load_of(const std::string& key) const noexcept;
  load whole_load() const noexcept;
  /// True if the answers of this device are subscribed to on this link, so that it also brings those that
  /// others give under that tag, and our own. @param key  as of `load_of`
  bool listens_to(const std::string& key) const { return upstreams_.contains(key); }

  /// Forward proxy: the caller named the target.
  void forward(responder&& r, const address& to);
  /// Reverse proxy by tag: the request's own topic is the target.
  void reverse(responder&& r);
  /// Mount: the configuration named the target, so that no route needs to allow it; a route that matches says
  /// how to get there.
  void forward_mounted(responder&& r, const address& to);

  /// A hop that was sent, and is not answered yet.
  struct sent_hop {
    const link& via;
    const device_tag& tag;
    const std::string& route;
    bool device_answered;  ///< ever, whatever it was asked
    bool device_mute;      ///< as of `upstream::mute_behind_bridge`
  };
  /// Nothing if no such hop is on its way. Valid until the hop ends.
  std::optional<sent_hop> find_sent(const request_id& id) noexcept;
  /// The request came back as by a bridge, and its device has never answered. If the device does not answer
  /// in the hop's time, the caller gets 502 with these words instead of 504; at once, if the device has left
  /// one of the kind unanswered before.
  void expect_loop(const request_id& id, std::string words);
  /// Answers the caller of a hop with 502: no device has the request.
  void end_loop(const request_id& id, const std::string& words);

  void on_response(link& from, const exchange_topic& topic, std::string_view payload);
  void on_link_up(link& which);
  void on_link_down(link& which, std::string_view why);

  /// Answers 504 where the time is over.
  void expire(steady_time now);
  /// True if this answers a request of ours, of now or of late.
  bool has_asked(const exchange_topic& response);
  steady_time next_deadline() const noexcept { return hops_.earliest(); }
  /// Answers everything that waits: 504 what a device has, 503 what was not sent.
  void abandon(std::string_view why);

 private:
  struct hop {
    responder caller;
    upstream* device;
    std::shared_ptr<const route_options> route;
    subsystem_name subsystem;
    resource_path path;
    steady_time deadline;
    device_place place;
    steady_time sent_at{};
    std::string loop_words{};  ///< it came back: for a 502 instead of the 504
  };

  /// What a reload replaces.
  struct rule_set {
    explicit rule_set(proxy_options options);
    const route_table routes;
    const route_options unrouted;  ///< of mounts that no route matches
  };

  void forward_by(responder&& r, const route_options& route, const address& to);
  void start(responder&& r, const route_options& route, const route_destination& where);
  upstream* find_or_add(link& via, const namespace_name& ns, const device_tag& tag);
  bool make_room();
  std::size_t places_left() const noexcept;
  void on_subscribed(upstream& device, error_code ec);
  void send_next(upstream& device);
  void send(const request_id& id, hop& h);
  error_code publish(const request_id& id, const hop& h, const std::string& payload);
  std::string encode_hop(const request_id& id, const hop& h) const;
  void end_unsendable(hop h, error_code ec, std::size_t bytes);
  void count_late(const link& from, const exchange_topic& topic);
  void count_unawaited(const link& from, const exchange_topic& topic, const request_id* id,
                       std::string_view payload);
  void take_answer(const request_id& id, hop& h, std::string_view payload);
  hop end_answered(const request_id& id);
  void end_for_memory(const request_id& id);
  void tell_of_memory() const;
  bool take_late(const link& from, const exchange_topic& topic, const request_id& id,
                 std::string_view payload);
  void expect_late(const request_id& id, const hop& h) noexcept;
  void end_silent(const request_id& id, hop h);
  void time_out(const request_id& id, hop h);
  void finish(hop h, answer&& what);
  void fail(hop h, response_code code, const std::string& words);
  void refuse(hop h, response_code code, const std::string& words);
  void end_unanswered(const request_id& id, hop h, const std::string& why);
  steady_time deadline_of(const call& c, const route_options& route) const;
  link* find_link(const std::string& name) const noexcept;

  const environment env_;
  std::shared_ptr<const rule_set> rules_;  ///< also kept by the hops that follow them
  /// By `BROKER/NAMESPACE/TAG`; those on links that are to go, by that with a prefix of their own.
  std::map<std::string, std::unique_ptr<upstream>> upstreams_;
  std::uint64_t let_go_ = 0;  ///< how many were given such a prefix
  pending_table<hop> hops_;
  outcome_memory outcomes_;
  late_answers late_;
  request_id_generator ids_;
  std::shared_ptr<proxy*> alive_;  ///< so that what a link tells late does not find a proxy that is gone
};

}  // namespace mqcoap
