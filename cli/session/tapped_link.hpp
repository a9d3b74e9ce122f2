#pragma once

#include <functional>
#include <mqcoap/transport/link.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap::cli {

/// What a tapped_link tells beside what its owner is told. Each may be empty.
struct tap_hooks {
  std::function<void(std::string_view topic, std::string_view payload)> message;  ///< in either direction
  std::function<void()> up;
  std::function<void(const outage_cause& why)> down;
  std::function<void(const std::string& filter)> refused;  ///< the broker refuses a subscription
};

/// A link that somebody else watches.
/// @par Threads  Everything on the event loop.
class tapped_link final : public link, private link_events {
 public:
  /// @param inner  outlives this link
  tapped_link(link& inner, tap_hooks hooks) : inner_(inner), hooks_(std::move(hooks)) {}

  const std::string& name() const noexcept override { return inner_.name(); }
  const std::string& client_id() const noexcept override { return inner_.client_id(); }
  void start(link_events& owner) override {
    owner_ = &owner;
    inner_.start(*this);
  }
  bool up() const noexcept override { return inner_.up(); }
  void subscribe(std::string filter, subscribed_handler done) override;
  void unsubscribe(std::string_view filter) override { inner_.unsubscribe(filter); }
  void subscribe_to_others(std::vector<std::string> filters) override {
    inner_.subscribe_to_others(std::move(filters));
  }
  error_code publish(std::string_view topic, std::string_view payload, steady_time deadline,
                     publish_options options = {}, written_handler done = {}) override;
  link_stats stats() const noexcept override { return inner_.stats(); }
  std::string server() const override { return inner_.server(); }
  packet_limit largest_packet() const noexcept override { return inner_.largest_packet(); }
  void stop(std::chrono::milliseconds grace, stopped_handler done) override {
    inner_.stop(grace, std::move(done));
  }

 private:
  void on_link_up(link& l) noexcept override;
  void on_link_down(link& l, const outage_cause& why) noexcept override;
  void on_message(link& l, const inbound& m) noexcept override;

  link& inner_;
  const tap_hooks hooks_;
  link_events* owner_ = nullptr;
};

}  // namespace mqcoap::cli
