#pragma once

namespace mqcoap::observe {

/// The resource usage of this process.
struct process_usage {
  double cpu_seconds = 0;
  double resident_bytes = 0;  ///< 0: unknown

  static process_usage now();
};

}  // namespace mqcoap::observe
