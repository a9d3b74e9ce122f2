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

/// Knows the requests that the gateway itself sent, and deals with those that a broker brings back
/// (docs/protocol.md, "Proxying"). Two things bring them back, and they need different treatment:
///
/// - A loop: both connections lead to one server. Nobody else answers, so the hop ends with 502 at once.
/// - A bridge: another broker passed the request on, while the device on the first one has it as well. The
///   device answers the hop; this copy is dropped.
///
/// Two listeners of one broker cannot be told from a bridge by their addresses. The device tells: if it has
/// never answered, the hop ends with 502 instead of 504, and the next ones to that device end so at once.
///
/// When the hop is over, the source shows that the request is ours: what a bridge brings is dropped then as
/// well, the rest gets 502, for which nobody waits, unless somebody else calls himself by our name. In each
/// case the caller of the hop gets one answer: the 502, or what becomes of the hop.
class return_watch {
 public:
  static constexpr std::size_t most_rows = 100;
  static constexpr std::size_t most_ids = 64;

  /// What was seen of one route.
  struct row {
    bool loop = false;      ///< else a bridge
    std::string sent_to;    ///< the broker that got the request
    std::string came_from;  ///< the broker that brought it back
    std::string route;      ///< empty: none is known
    std::uint64_t count = 0;
    steady_time since{};
    steady_time last{};
    bool answered = false;  ///< a device answered, so that this is a bridge
    bool silent = false;    ///< a device had its time and did not answer
    bool is_loop() const noexcept { return loop || (silent && !answered); }
  };

  return_watch(proxy& hops, counters& counted, const clock& time)
      : hops_(hops), counted_(counted), time_(time) {}

  /// Requests from these links are ours, from now on; those of earlier links stay known. Forgets what was
  /// seen of brokers and routes that are no longer there.
  void begin(const std::vector<link*>& links);

  enum class verdict : std::uint8_t {
    foreign,  ///< no hop in flight has this id
    home,     ///< ours, sent to a tag of the gateway's own on this very server: to be served as any request
    caught,   ///< ours, and dealt with
    loop,     ///< ours, and to be refused with 502
  };
  /// Looks for a hop in flight with the id of a request that came, before its payload is read.
  /// @param answered_here  the tag is one of the gateway's own: its resources answer, or forward on as hops
  ///   allow
  verdict look_for_hop(const link& from, const exchange_topic& topic, bool answered_here);
  /// Looks at the source of a request that is `foreign`: a client id of ours, or not.
  verdict look_at_source(const link& from, const exchange_topic& topic, const request& asked);

  const std::vector<row>& seen() const noexcept { return rows_; }

 private:
  /// The row of its kind; its count is 1 if it is the first. Null: there are too many.
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

  std::vector<identity> ours_;  ///< brokers may know us by one client id
  std::vector<link*> links_;    ///< in use now
  std::vector<row> rows_;
};

}  // namespace mqcoap
