#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "options/arguments.hpp"

namespace mqcoap::cli {

/// When a verb that watches stops automatically. Without these options it runs until Ctrl-C.
struct watch_limits {
  std::string duration;     ///< --for; empty: no limit
  std::uint64_t count = 0;  ///< --count; 0: no limit

  void declare(command app, const char* what);
  /// @throws usage_failure
  std::optional<std::chrono::milliseconds> time() const;
};

}  // namespace mqcoap::cli
