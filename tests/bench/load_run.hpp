#pragma once

#include <sys/types.h>

#include <cstdint>
#include <mqcoap/base/histogram.hpp>
#include <string>
#include <vector>

#include "device.hpp"
#include "in_flight_table.hpp"
#include "mqtt_peer.hpp"
#include "process_usage.hpp"
#include "wire.hpp"

namespace bench {

/// A program whose CPU time and memory are reported.
struct watched_process {
  std::string name;
  pid_t pid = 0;
};

struct load_options {
  std::size_t in_flight = 1;     ///< closed loop: the constant number in flight. Open loop: the limit.
  double rate = 0;               ///< requests/s of the open loop; 0: closed loop
  double warm_up = 0.5;          ///< s, not measured
  double seconds = 2;            ///< s, measured
  std::uint64_t count = 0;       ///< number of requests, all of them measured, instead of the durations; 0:
                                 ///< use the durations
  double timeout = 5;            ///< s without any answer until the requests in flight count as lost
  int expect = 205;              ///< response code of every answer
  std::size_t expect_bytes = 0;  ///< minimum size of an answer's payload
  std::vector<watched_process> processes;
};

struct process_share {
  watched_process process;
  double cpu_seconds = 0;  ///< within the measured time
  process_usage at_end;
};

struct load_result {
  std::uint64_t answered = 0;  ///< within the measured time, like everything except the errors
  double seconds = 0;
  double own_cpu_seconds = 0;
  std::uint64_t payload_bytes = 0;  ///< of the answered requests and their answers
  mqcoap::histogram latency;        ///< ns; open loop: from the scheduled time
  std::vector<process_share> processes;

  std::uint64_t lost = 0;        ///< never answered
  std::uint64_t wrong = 0;       ///< with another code or id, or too short
  std::uint64_t unexpected = 0;  ///< answers to no request in flight, including second answers
  std::string first_fault;       ///< of a wrong answer

  bool good() const noexcept { return lost == 0 && wrong == 0 && unexpected == 0 && answered > 0; }
};

/// A measurement: sends requests, checks every answer, and measures between two points in time.
class load_run {
 public:
  load_run(mqtt_peer& peer, const std::vector<target>& targets, const request_writer& requests,
           device& behind, load_options options);

  load_result run();

 private:
  enum class phase : std::uint8_t { warm_up, measured, draining, done };

  void send(std::int64_t due, std::int64_t now);
  void send_due(std::int64_t now);
  void handle(const publish_packet& message);
  bool check(const publish_packet& message, const topic_parts& topic, const exchange& e);
  void step(std::int64_t now);
  void begin_measuring(std::int64_t now);
  void end_measuring(std::int64_t now);
  std::int64_t wake_time() const noexcept;
  bool sends() const noexcept {
    return phase_ < phase::draining && (options_.count == 0 || sent_ < options_.count);
  }
  bool all_answered() const noexcept {
    return options_.count > 0 && sent_ >= options_.count && table_.size() == 0;
  }

  mqtt_peer& peer_;
  const std::vector<target>& targets_;
  const request_writer& requests_;
  device& device_;
  load_options options_;
  in_flight_table table_;
  load_result result_;
  phase phase_ = phase::warm_up;
  bool checked_fully_ = false;
  std::uint64_t sent_ = 0;
  std::uint64_t next_target_ = 0;
  std::int64_t start_ = 0;
  std::int64_t phase_end_ = 0;
  std::int64_t progress_ = 0;  ///< when the last answer arrived
  std::int64_t measured_from_ = 0;
  double own_cpu_before_ = 0;
  std::vector<process_usage> before_;
};

/// The memory of each process, when idle and while requests are held.
struct held_result {
  std::vector<process_share> idle, held;
  std::uint64_t answered = 0;
};

/// Sends this many requests to a muted device behind the program and reads the memory while they wait; then
/// lets the device answer all of them.
/// @throws std::runtime_error  if the requests or their answers do not arrive
held_result hold_requests(mqtt_peer& peer, const std::vector<target>& targets, const request_writer& requests,
                          device& behind, const load_options& options);

}  // namespace bench
