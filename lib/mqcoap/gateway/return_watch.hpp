#pragma once

#include <cstddef>
#include <cstdint>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/gateway/counters.hpp>
#include <mqcoap/gateway/proxy.hpp>
#include <mqcoap/protocol/request.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <mqcoap/transport/link.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// Recognizes the gateway's own requests that a broker sends back (docs/protocol.md, "Proxying"). There are
/// two reasons, which need different treatment:
///
/// - A loop: both connections lead to one server. No device answers, so the hop ends with 502 at once.
/// - A bridge: another broker forwarded the request, and the device on the first one has it as well. The
///   device answers the hop; this copy is dropped.
///
/// Two listeners of one broker cannot be distinguished from a bridge by their addresses, but by the device:
/// if it has never answered, the hop ends with 502 instead of 504, and later ones to that device end with 502
/// at once.
///
/// After the hop has ended, the source identifies the gateway's requests: copies from a bridge are dropped
/// then as well; other requests get 502, which is received only if another program uses the gateway's client
/// id. In each case the caller of the hop gets one answer: the 502, or the outcome of the hop.
class return_watch {
 public:
  static constexpr std::size_t most_rows = 100;
  static constexpr std::size_t most_ids = 64;

  /// What was observed about one route.
  struct row {
    bool loop = false;      ///< otherwise a bridge
    std::string sent_to;    ///< the broker that got the request
    std::string came_from;  ///< the broker that sent it back
    std::string route;      ///< empty: unknown
    std::uint64_t count = 0;
    steady_time since{};
    steady_time last{};
    bool answered = false;  ///< a device answered, so that this is a bridge
    bool silent = false;    ///< a device did not answer within its timeout
    bool is_loop() const noexcept { return loop || (silent && !answered); }
  };

  return_watch(proxy& hops, counters& counted, const clock& time)
      : hops_(hops), counted_(counted), time_(time) {}

  /// Treats requests from these links as the gateway's own from now on; those of earlier links stay known.
  /// Forgets observations about removed brokers and routes.
  void begin(const std::vector<link*>& links);

  enum class verdict : std::uint8_t {
    foreign,  ///< not known as a request of the gateway
    home,     ///< the gateway's request to its own tag on the same server: serve it
    caught,   ///< the gateway's request, already handled
    loop,     ///< the gateway's request, to be refused with 502
  };
  /// Looks for a hop in flight with the id of an incoming request, before its payload is decoded.
  /// @param answered_here  the tag is one of the gateway's: its resources answer, or forward
  ///   while hops remain
  verdict look_for_hop(const link& from, const exchange_topic& topic, bool answered_here);
  /// Checks whether the source of a `foreign` request is a client id of the gateway.
  verdict look_at_source(const link& from, const exchange_topic& topic, const request& requested);

  const std::vector<row>& seen() const noexcept { return rows_; }

 private:
  /// Returns the row of the same kind, with a count of 1 the first time; null if there are too many rows.
  row* note(row what);

  proxy& hops_;
  counters& counted_;
  const clock& time_;
  struct identity {
    std::string client_id;
    std::string broker;
    friend bool operator==(const identity&, const identity&) = default;
  };
  bool leads_to(const identity& us, const link& from) const;

  std::vector<identity> ours_;  ///< several brokers may have the same client id
  std::vector<link*> links_;    ///< in use now
  std::vector<row> rows_;
};

}  // namespace mqcoap
