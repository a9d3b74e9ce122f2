#include <mqcoap/observe/process_usage.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

namespace mqcoap::observe {

process_usage process_usage::now() {
  process_usage used;
  rusage times{};
  if (getrusage(RUSAGE_SELF, &times) == 0)
    used.cpu_seconds = static_cast<double>(times.ru_utime.tv_sec + times.ru_stime.tv_sec) +
                       static_cast<double>(times.ru_utime.tv_usec + times.ru_stime.tv_usec) / 1e6;
  double whole = 0;
  double resident = 0;  // pages, see proc(5)
  if (std::ifstream("/proc/self/statm") >> whole >> resident)
    used.resident_bytes = resident * static_cast<double>(sysconf(_SC_PAGESIZE));
  return used;
}

}  // namespace mqcoap::observe
