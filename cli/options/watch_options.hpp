#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "options/arguments.hpp"

namespace mqcoap::cli {

/// Says when a watching verb ends by itself; without these options, Ctrl-C ends it.
struct watch_limits {
  std::string duration;     ///< --for; empty: no limit
  std::uint64_t count = 0;  ///< --count; 0: no limit

  void declare(command app, const char* what);
  /// @throws usage_failure
  std::optional<std::chrono::milliseconds> time() const;
};

}  // namespace mqcoap::cli
