#pragma once

#include <sys/types.h>

#include <cstdint>

namespace bench {

/// The resources that a process has used so far.
struct process_usage {
  double cpu_seconds = 0;        ///< user and system time of all its threads, including those that have ended
  std::uint64_t rss_bytes = 0;   ///< current resident size
  std::uint64_t peak_bytes = 0;  ///< largest resident size so far
};

/// @throws std::runtime_error  if there is no such process: the measured program has died
process_usage usage_of(pid_t pid);

/// Returns the CPU time of this process.
double own_cpu_seconds();

}  // namespace bench
