#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace mqcoap::store {

/// The role of this gateway among several.
struct lease_status {
  bool leads = false;                             ///< it serves; otherwise it waits
  std::int64_t epoch = 0;                         ///< the number of leader changes, as far as it is known
  std::optional<std::chrono::nanoseconds> age{};  ///< since the lease was renewed; none: the gateway waits
};

}  // namespace mqcoap::store
