#pragma once

#include <cstdint>
#include <functional>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/state/cell.hpp>
#include <optional>
#include <vector>

namespace mqcoap {

/// A stored value.
struct stored_value {
  cell_name of;
  std::uint64_t number = 0;
  std::optional<json_text> value;  ///< none: it is removed; its number is not used again
};

/// Stores changes persistently.
/// @par Threads  Everything on the event loop; blocking work is done elsewhere.
class state_store {
 public:
  virtual ~state_store() = default;

  /// Stores all of these values or none, in the order of the calls for each cell. Calls `done` once on the
  /// event loop, now or later, with no error once they are durable. An error means that nothing has changed.
  /// So does an exception, and `done` is not called then.
  virtual void commit(std::vector<stored_value> values, std::function<void(error_code)> done) = 0;
};

}  // namespace mqcoap
