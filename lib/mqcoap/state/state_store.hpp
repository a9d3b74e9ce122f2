#pragma once

#include <cstdint>
#include <functional>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/state/stored_cell.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap {

/// A changed value that is to be stored.
struct stored_value {
  cell_name of;
  std::uint64_t number = 0;
  std::optional<json_text> value;  ///< none: it is removed; its number is not used again
  std::string initial{};           ///< see `stored_cell`
  std::string set_aside{};         ///< why the previous value is set aside; empty: it is not
};

/// The state of a cell on which a decision is based.
struct cell_mark {
  cell_name of;
  std::uint64_t revision = 0;  ///< see `stored_cell`
};

/// The changes that are stored together or not at all.
struct state_commit {
  std::vector<cell_mark> based_on{};  ///< in a shared store: all cells that were read or are changed
  std::vector<stored_value> values{};
};

/// Stores changes persistently.
/// @par Threads  All functions on the event loop; blocking work is done elsewhere.
class state_store {
 public:
  using commit_handler = std::function<void(error_code)>;
  using refresh_handler = std::function<void(error_code, std::vector<stored_cell>)>;

  virtual ~state_store() = default;

  /// Returns the stored cells; nothing if they were returned before.
  virtual std::vector<stored_cell> load() { return {}; }

  /// Stores all of these values or none, in the order of the calls for each cell. Calls `done` once on the
  /// event loop, now or later, without an error once they are durable. An error means that nothing has
  /// changed, except for errc::timed_out, after which the outcome is unknown. An exception also means that
  /// nothing has changed, and `done` is not called then.
  /// @par Errors  errc::storage_full and errc::storage_failed; errc::storage_unreachable, if a database does
  ///   not answer; errc::stale, if another process has changed a cell of `based_on` since
  virtual void commit(state_commit what, commit_handler done) = 0;

  /// Returns true if other processes change the same cells. Then they are refreshed before they are read.
  virtual bool is_shared() const noexcept { return false; }
  /// Finds the cells whose revision differs from the one held, including those that do not exist (revision
  /// 0). Calls `done` once on the event loop, now or later. Only for a shared store.
  virtual void refresh(std::vector<cell_mark> /*held*/, refresh_handler done) { done({}, {}); }
};

}  // namespace mqcoap
