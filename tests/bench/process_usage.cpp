#include "process_usage.hpp"

#include <time.h>
#include <fstream>
#include <stdexcept>
#include <string>

namespace bench {
namespace {

double seconds_of(clockid_t clock) {
  timespec t{};
  if (clock_gettime(clock, &t) != 0) throw std::runtime_error("cannot read a CPU clock");
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

}  // namespace

process_usage usage_of(pid_t pid) {
  const auto number = std::to_string(pid);
  process_usage out;
  // The sum of utime and stime in /proc/PID/stat would be the same, but in units of 10 ms, which is too
  // coarse for short runs.
  clockid_t clock{};
  if (clock_getcpuclockid(pid, &clock) != 0) throw std::runtime_error("process " + number + " is gone");
  out.cpu_seconds = seconds_of(clock);

  std::ifstream status("/proc/" + number + "/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("VmRSS:")) out.rss_bytes = std::stoull(line.substr(6)) * 1024;
    if (line.starts_with("VmHWM:")) out.peak_bytes = std::stoull(line.substr(6)) * 1024;
  }
  // A zombie has no memory.
  if (out.rss_bytes == 0) throw std::runtime_error("process " + number + " is gone");
  return out;
}

double own_cpu_seconds() { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); }

}  // namespace bench
