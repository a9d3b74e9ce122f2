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

/// What is measured.
struct bench_subject {
  std::string address;  ///< of several, all, with blanks between them
  std::string method;
  std::size_t in_flight = 1;  ///< closed loop: so many requests are always under way
  double rate = 0;            ///< requests/s of the open loop; 0: closed loop
};

/// What came of it.
struct bench_result {
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;  ///< with any code
  std::uint64_t timeouts = 0;
  std::chrono::nanoseconds elapsed{};             ///< from the first request to the last that ended in time
  std::map<int, std::uint64_t> codes;             ///< of the answers
  std::map<std::string, std::uint64_t> failures;  ///< by what they say, timeouts aside
  /// Of the answers, ns; in the open loop since the time for which the request was meant, so that a stall
  /// shows in the latency of all that it held up.
  histogram latency;

  /// Counts the outcome of a request.
  void count(const error_code& outcome, int code, std::chrono::nanoseconds took);
  double per_second() const;
  std::uint64_t failed() const;
};

/// Lines for a person, with a final line feed.
std::string to_report(const bench_subject& what, const bench_result& result);
/// A header and a row, RFC 4180.
std::string to_csv(const bench_subject& what, const bench_result& result);
/// One object on one line.
std::string to_json(const bench_subject& what, const bench_result& result);
/// While it runs: seconds, requests/s, p99.
std::string to_progress(const bench_result& so_far);

/// 0: every answer was 2.xx; else the gravest of lost (3), no answer (6), 5.xx (5), 4.xx (4).
exit_status status_of(const bench_result& result);

}  // namespace mqcoap::cli
