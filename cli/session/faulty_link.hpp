#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/transport/link.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "options/fault_options.hpp"
#include "session/forwarding_link.hpp"

namespace mqcoap::cli {

/// The counts of a faulty_link.
struct fault_counts {
  std::uint64_t requests = 0;
  std::uint64_t dropped = 0;
  std::uint64_t errors = 0;    ///< simulated 503 answers
  std::uint64_t answered = 0;  ///< answers sent, including errors
  std::uint64_t unsent = 0;    ///< answers that the connection did not accept
};

/// A link that drops requests, answers some with 503 and delays every answer, like slow and broken devices.
/// The same seed and the same requests in the same order produce the same faults.
/// @par Threads  All calls are made on the event loop.
class faulty_link final : public forwarding_link, private link_events {
 public:
  static constexpr std::size_t most_delayed =
      65'536;  ///< the maximum number of delayed answers; further ones are rejected

  /// @param inner  must outlive this link
  /// @param wake  an alarm whose owner calls `on_alarm` when it rings
  faulty_link(link& inner, fault_options options, decode_rules rules, const clock& time, alarm& wake);

  /// Sends the delayed answers that are due.
  void on_alarm();
  const fault_counts& counted() const noexcept { return counted_; }

  void start(link_events& owner) override;
  error_code publish(std::string_view topic, std::string_view payload, steady_time deadline,
                     publish_options options = {}, written_handler done = {}) override;
  void stop(std::chrono::milliseconds grace, stopped_handler done) override;

 private:
  struct delayed {
    std::string topic;
    std::string payload;
    std::chrono::nanoseconds timeout;  ///< how long the connection may queue the answer
    publish_options options;
    written_handler done;
  };

  void on_link_up(link& l) noexcept override;
  void on_link_down(link& l, const outage_cause& why) noexcept override;
  void on_message(link& l, const inbound& m) noexcept override;

  bool happens(double share);
  std::chrono::nanoseconds draw_latency();
  void answer_with_error(const inbound& m);
  void send(delayed what);

  const fault_options options_;
  const decode_rules rules_;
  const clock& time_;
  alarm& wake_;
  link_events* owner_ = nullptr;
  std::mt19937_64 random_;
  std::multimap<steady_time, delayed> delayed_;
  fault_counts counted_;
};

}  // namespace mqcoap::cli
