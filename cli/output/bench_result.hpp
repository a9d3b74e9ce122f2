#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/base/histogram.hpp>
#include <string>

#include "words/exit_status.hpp"

namespace mqcoap::cli {

/// The subject of a measurement.
struct bench_subject {
  std::string address;  ///< all addresses, separated by blanks
  std::string method;
  std::size_t in_flight = 1;  ///< closed loop: the number of requests that are always under way
  double rate = 0;            ///< requests/s of the open loop; 0: closed loop
};

/// The result of a measurement.
struct bench_result {
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;  ///< with any code
  std::uint64_t timeouts = 0;
  std::chrono::nanoseconds elapsed{};             ///< from the first request to the last that ended in time
  std::map<int, std::uint64_t> codes;             ///< of the answers
  std::map<std::string, std::uint64_t> failures;  ///< by their text, without timeouts
  /// The latency of answers in ns. In the open loop it is measured from the scheduled time, so that a stall
  /// shows in every request that it delayed.
  histogram latency;

  /// Counts the outcome of a request.
  void count(const error_code& outcome, int code, std::chrono::nanoseconds took);
  double per_second() const;
  std::uint64_t failed() const;
};

/// Returns lines for people, with a final line feed.
std::string to_report(const bench_subject& what, const bench_result& result);
/// Returns a header and a row, RFC 4180.
std::string to_csv(const bench_subject& what, const bench_result& result);
/// Returns one JSON object on one line.
std::string to_json(const bench_subject& what, const bench_result& result);
/// Returns the progress: seconds, requests/s, p99.
std::string to_progress(const bench_result& so_far);

/// Returns 0 if every answer was 2.xx; else the status of the gravest failure: lost (3), no answer (6), 5.xx
/// (5), 4.xx (4).
exit_status status_of(const bench_result& result);

}  // namespace mqcoap::cli
