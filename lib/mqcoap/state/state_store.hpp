#pragma once

#include <cstdint>
#include <functional>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/state/cell.hpp>
#include <optional>
#include <vector>

namespace mqcoap {

/// One value as a store keeps it.
struct stored_value {
  cell_name of;
  std::uint64_t number = 0;
  std::optional<json_text> value;  ///< none: it is taken away; its number is not given again
};

/// Makes changes last.
/// @par Threads  Everything on the event loop; what blocks is done elsewhere.
class state_store {
 public:
  virtual ~state_store() = default;

  /// Stores all of these values or none, in the order of the calls for each cell. Calls `done` once on the
  /// event loop, now or later, with no error once they last. An error says that nothing has changed.
  /// What this throws instead does so, too, and `done` is not called then.
  virtual void commit(std::vector<stored_value> values, std::function<void(error_code)> done) = 0;
};

}  // namespace mqcoap
