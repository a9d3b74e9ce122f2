#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/exchange/throttle.hpp>
#include <mqcoap/gateway/counters.hpp>
#include <mqcoap/gateway/feed.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/gateway/prepared_options.hpp>
#include <mqcoap/gateway/statistics.hpp>
#include <mqcoap/gateway/tag_directory.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/general_topic.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/resource/event_sender.hpp>
#include <mqcoap/serve/serving_core.hpp>
#include <mqcoap/transport/link.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap {

/// Publishes the values of resources as events (docs/protocol.md, "Events"). Reads each resource by a GET
/// through a separate serving core: with a deadline, and without delaying other resources. For a resource
/// that cannot be read, it publishes nothing, but counts the failure; for one that is read at intervals, it
/// logs the first failure. Also sends the events of actions.
/// @par Threads  All functions on the event loop.
class event_publisher final : public event_sender {
 public:
  struct environment {
    const clock& time;
    const tag_directory& tags;
    statistics& stats;
    counters& counted;
    feed& facts;
    std::function<link&()> via;  ///< returns the link for events
    std::function<std::shared_ptr<const void>(const call& kept)> home;
    std::function<void(std::string_view name, std::string_view why)> failed;
    std::function<void()> due;  ///< requests a call of `expire` at once
    log_sink log;
  };

  explicit event_publisher(environment env);
  event_publisher(const event_publisher&) = delete;
  event_publisher& operator=(const event_publisher&) = delete;

  /// Applies other options. A resource whose options are unchanged keeps its schedule and its last event.
  /// Retained events of resources that no longer publish are removed from the broker, at the next connection
  /// if there is none.
  /// @param published  the resources with events, of these options
  void configure(const gateway_options& options, const std::vector<published_resource>& published);
  /// Does the same for options whose resources publish what they published before.
  void keep(const gateway_options& options);
  /// Publishes every value again, those without `every` at once: subscribers have missed changes, and a
  /// restarted broker has lost its retained messages.
  void on_link_up() noexcept;
  /// Forgets which events the broker retains: the link leads to another one.
  void forget_retained() noexcept;
  void expire(steady_time now);
  /// Returns when `expire` must be called next; `steady_time::max()`: never.
  steady_time next_deadline() const noexcept { return due_at_; }
  /// Cancels all readings, and starts no more. Running actions may still send events.
  void stop() noexcept;

  error_code send_event(const resource_event& what) override;

 private:
  /// A resource that publishes.
  struct source {
    std::string device;
    std::string path;
    std::string subsystem;
    event_options how;
    general_topic topic;
    steady_time next;         ///< when it is read next; max: only after a change
    bool is_due = false;      ///< it has changed
    bool is_reading = false;  ///< a reading is in progress
    bool is_over = false;     ///< it no longer publishes
    bool is_silent = false;   ///< the log has reported that it cannot be read
    throttle silent_lines{std::chrono::minutes(1)};
    std::optional<json_text> last{};
  };
  class reading_origin;

  /// Returns the device and the path of a source.
  static std::pair<std::string_view, std::string_view> key_of(const source& s) noexcept {
    return {s.device, s.path};
  }
  std::shared_ptr<source> make(const device_options& device, const resource_options& resource,
                               const namespace_name& ns) const;
  void index_changes();
  void note_leftovers();
  void remove_leftovers();
  void note_change(std::string_view device, std::string_view path);
  void hurry() noexcept;
  steady_time find_next() const noexcept;
  void read(const std::shared_ptr<source>& from);
  void take(source& from, const answer& what);
  void note_unread(source& from, const answer& why);
  void publish(source& from, const json_text& value);
  error_code send(const general_topic& under, const json_text& value, bool retain);

  const environment env_;
  serving_core core_;
  request_id_generator ids_;
  std::vector<std::shared_ptr<source>> sources_;
  std::map<std::pair<std::string_view, std::string_view>, std::shared_ptr<source>>
      changing_;                       ///< the resources with `on_change`, by device and path
  std::vector<subscription> changes_;  ///< empty if there are none, so that changes cost nothing
  std::set<std::string> retained_;     ///< topics of events that the broker was told to retain
  /// Topics whose retained event should be removed and may still exist.
  const std::shared_ptr<std::set<std::string>> leftovers_ = std::make_shared<std::set<std::string>>();
  std::optional<namespace_name> ns_;
  steady_time due_at_ = steady_time::max();
  bool stopped_ = false;
};

}  // namespace mqcoap
