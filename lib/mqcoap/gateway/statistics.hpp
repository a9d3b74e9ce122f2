#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/duration_counts.hpp>
#include <mqcoap/base/text_map.hpp>
#include <mqcoap/gateway/device_statistics.hpp>
#include <mqcoap/gateway/feed.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/gateway/request_role.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/transport/outage_cause.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// The statistics of requests, devices and brokers since the start. Bounded: tags and routes that the
/// configuration does not name share one row. Counting a request allocates only the first time for its kind.
/// @par Threads  All functions on the event loop.
class statistics {
 public:
  static constexpr std::size_t most_tags = 1000;     ///< configured tags; further ones count as `other`
  static constexpr std::size_t most_routes = 200;    ///< further ones count as `other`
  static constexpr std::size_t most_devices = 1000;  ///< behind the proxy; drops the least recently used one

  /// The requests of one kind for one tag.
  struct request_count {
    request_role role;
    std::uint8_t verb;   ///< a `method`; 0: the request could not be read
    std::uint16_t code;  ///< code of the answer
    std::uint64_t count;
  };
  struct tag_row {
    std::string tag;  ///< `other` for all tags that are not configured
    std::vector<request_count> requests;
  };
  struct route_row {
    std::string name;                                           ///< empty: no route was used
    std::array<duration_counts, request_role_count> durations;  ///< by role, from arrival to the answer
  };
  struct broker_row {
    std::string name;
    bool up = false;
    steady_time since{};
    outage_cause why;  ///< why it is disconnected; none: it was not tried yet
  };

  statistics();

  /// Creates a row for each tag and route of a configuration. Existing counts are kept.
  void configure(const gateway_options& options);

  /// @name Where a call is counted
  /// @{
  void set_role(responder& r, request_role role, std::string_view tag) const noexcept;
  void set_route(responder& r, std::string_view route) const noexcept;
  /// @}

  /// Counts the facts of this feed from now on.
  void follow(feed& facts);

  /// Returns the row of a device behind the proxy; creates it if there is none. The caller keeps it while it
  /// uses the device.
  std::shared_ptr<device_statistics> device(const std::string& broker, const std::string& ns,
                                            const std::string& tag);
  /// Notes that a request is sent to a device: its row is listed again if it had been dropped.
  void note_request(const std::shared_ptr<device_statistics>& row, steady_time now);
  /// Returns the row of a device, or null.
  device_statistics* find_device(std::string_view broker, std::string_view ns, std::string_view tag) const;

  /// Returns true if a tag has its own row.
  bool names(std::string_view tag) const noexcept { return tag_index_.find(tag) != tag_index_.end(); }

  const std::vector<tag_row>& tags() const noexcept { return tags_; }
  const std::vector<route_row>& routes() const noexcept { return routes_; }
  const std::vector<broker_row>& brokers() const noexcept { return brokers_; }
  /// Returns the rows by `BROKER/NAMESPACE/TAG`.
  const text_map<std::shared_ptr<device_statistics>>& devices() const noexcept { return devices_; }

 private:
  void count_ended(const request_ended& fact);
  void count_unreadable(const request_unreadable& fact);
  void note_link(const link_changed& fact);
  void add_tag(const std::string& tag);
  void add_route(const std::string& name);
  std::uint16_t row_of(std::string_view tag) const noexcept;
  void count(std::uint16_t row, request_role role, std::uint8_t verb, response_code code);
  broker_row& broker(std::string_view name);
  void list(std::string key, const std::shared_ptr<device_statistics>& row);

  std::vector<tag_row> tags_;      ///< the first is `other`
  std::vector<route_row> routes_;  ///< the first is for no route, the second is `other`
  text_map<std::uint16_t> tag_index_;
  text_map<std::uint16_t> route_index_;
  text_map<std::shared_ptr<device_statistics>> devices_;
  std::vector<broker_row> brokers_;
  std::vector<subscription> followed_;
};

}  // namespace mqcoap
