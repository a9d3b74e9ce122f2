#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace mqcoap::store {

/// Which of several gateways this one is.
struct lease_status {
  bool leads = false;      ///< it serves; else it waits
  std::int64_t epoch = 0;  ///< the number of changes of the leader, as far as it is known
  std::optional<std::chrono::nanoseconds> age{};  ///< since the lease was renewed; none: it waits
};

}  // namespace mqcoap::store
