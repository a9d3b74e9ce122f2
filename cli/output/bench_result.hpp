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
  std::size_t in_flight = 1;  ///< closed loop: the number of requests that are kept in flight
  double rate = 0;            ///< requests/s of the open loop; 0: closed loop
};

/// The result of a measurement.
struct bench_result {
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;  ///< with any code
  std::uint64_t timeouts = 0;
  std::chrono::nanoseconds elapsed{};            ///< from the first request to the last answer, or to the
                                                 ///< end of the measurement if that is earlier
  std::map<int, std::uint64_t> codes;            ///< number of answers by code
  std::map<error_code, std::uint64_t> failures;  ///< number of failures by error, without timeouts
  /// The latency of answers in ns. In the open loop it is measured from the scheduled time, so that a stall
  /// shows in every request that it delayed.
  histogram latency;

  /// Counts the outcome of a request.
  void count(const error_code& outcome, int code, std::chrono::nanoseconds took);
  double per_second() const;
  std::uint64_t failed() const;
};

/// Returns a report for people, several lines with a final line feed.
std::string to_report(const bench_subject& what, const bench_result& result);
/// Returns CSV (RFC 4180): a header and one row.
std::string to_csv(const bench_subject& what, const bench_result& result);
/// Returns one JSON object on a single line.
std::string to_json(const bench_subject& what, const bench_result& result);
/// Returns the progress: seconds, requests/s, p99.
std::string to_progress(const bench_result& so_far);

/// Returns 0 if every answer was 2xx, otherwise the status that `get` has for the most serious failure:
/// unreachable or lost (3), an error of this program (70), a request that is too large (2), no usable answer
/// (6), 5xx (5), 4xx (4).
exit_status status_of(const bench_result& result);

}  // namespace mqcoap::cli
