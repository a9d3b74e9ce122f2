#pragma once

namespace mqcoap {

/// What this process uses of the machine.
struct process_usage {
  double cpu_seconds = 0;
  double resident_bytes = 0;  ///< 0: not known

  static process_usage now();
};

}  // namespace mqcoap
