#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <support/lab/lab.hpp>
#include <vector>

#include "devices.hpp"
#include "dice.hpp"
#include "record.hpp"
#include "requests.hpp"

namespace mqcoap::replay {

using kind_counts = std::map<std::string, std::size_t>;

/// A gateway, its callers, devices and brokers, and their actions, all of which are written to a record.
class session {
 public:
  /// Generates one kind of request.
  using maker = request_text (requests::*)();
  /// The kinds of requests; a kind that occurs twice in the list is used twice as often.
  using mix = std::vector<maker>;

  /// @param folder  the folder of the configuration files
  session(std::string folder, record& out, kind_counts& counts, std::uint64_t seed, int first_id);

  void load(const std::string& file);
  void reload(const std::string& file);
  /// Sends requests one after the other, with pauses. @param pace  the longest pause, in ms
  void play(std::size_t n, const mix& kinds, std::size_t pace);
  void request(const request_text& r);
  void elapse(std::int64_t ms);

  /// @name Brokers
  /// @{
  void down(const std::string& broker);
  void up(const std::string& broker);
  void deny(const std::string& broker, const std::string& filter);
  void ignore(const std::string& broker, const std::string& filter);
  void allow(const std::string& broker);
  void take_at_most(const std::string& broker, std::size_t bytes,
                    memory_broker::refusal how = memory_broker::refusal::at_once);
  /// Sends the given requests, which stay unread for this time.
  void suspend(const std::vector<request_text>& all, std::int64_t ms);
  void bridge(const std::string& one, const std::string& other, const std::string& prefix);
  /// Publishes a message of another client.
  void publish(const std::string& broker, const std::string& topic, const std::string& payload,
               bool retain = false);
  /// @}

  /// Sends generated requests, which stay unread for this time.
  void suspend(std::size_t n, const mix& kinds, std::int64_t ms);
  void drain();
  void abandon();

  requests& ask() noexcept { return requests_; }
  devices& others() noexcept { return devices_; }
  dice& throws() noexcept { return dice_; }

 private:
  void step(const std::string& message, const std::string& whole = {});
  void published(const std::string& broker, std::string_view topic, std::string_view payload, bool retain);
  void name_hop(std::string_view topic);
  void learn(std::string_view payload);
  void show_subscriptions();
  void send(const request_text& r);
  void deliver_due();
  std::int64_t now_ms() const;

  record& out_;
  kind_counts& counts_;
  dice dice_;
  requests requests_;
  devices devices_;
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
  std::int64_t cut_off_at_ = never;  ///< when the hops end that use a connection which a reload has changed
  test::lab lab_;
};

}  // namespace mqcoap::replay
