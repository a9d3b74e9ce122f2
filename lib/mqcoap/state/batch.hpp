#pragma once

#include <memory>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/state/cell.hpp>
#include <mqcoap/state/change.hpp>
#include <vector>

namespace mqcoap {

/// Changes of several cells that are made together or not at all.
class batch {
 public:
  virtual ~batch() = default;

  /// Returns the cells that it reads or changes.
  virtual std::vector<std::shared_ptr<cell>> cells() const = 0;
  /// Reads the cells and returns the changes; nothing if there is nothing to store, and the batch ends.
  /// Called when the cells are as the earlier batches on them leave them. If a store is shared, called again
  /// when somebody else has changed the cells meanwhile.
  virtual std::vector<change> decide() = 0;
  /// Called once. No error: its changes are stored, and the cells have them. errc::timed_out: it is unknown
  /// whether they are stored. Any other error: nothing has changed.
  virtual void finish(error_code why) noexcept = 0;
  /// Returns the terms that its cells will have; null: they keep theirs.
  virtual const cell_terms* terms() const noexcept { return nullptr; }
  /// Returns true if its changes are in force as soon as they are decided, unless it waits behind others.
  /// Then it ends without an error although they may not be stored.
  virtual bool is_in_force_at_once() const noexcept { return false; }
  /// Returns false if it may wait even when the limit is reached.
  virtual bool is_bounded() const noexcept { return true; }
};

}  // namespace mqcoap
