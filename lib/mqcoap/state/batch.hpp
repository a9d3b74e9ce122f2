#pragma once

#include <memory>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/state/cell.hpp>
#include <mqcoap/state/change.hpp>

namespace mqcoap {

/// Changes of several cells that are applied together or not at all.
class batch {
 public:
  virtual ~batch() = default;

  /// Returns the cells that it reads or changes.
  virtual cell_list cells() const = 0;
  /// Reads the cells and returns the changes; nothing if there is nothing to store, and the batch ends.
  /// Called when the cells have the values that the earlier batches on them leave. If a store is shared,
  /// called again when another process has changed the cells meanwhile.
  virtual change_list decide() = 0;
  /// Called once. Without an error, the changes are stored and the cells have them. With errc::timed_out, it
  /// is unknown whether they are stored. With any other error, nothing has changed.
  virtual void finish(error_code why) noexcept = 0;
  /// Returns the terms that the cells will have; null: they keep their terms.
  virtual const cell_terms* terms() const noexcept { return nullptr; }
  /// Returns true if the changes are in force as soon as they are decided, unless the batch waits behind
  /// others. Then it ends without an error although the changes may not be stored.
  virtual bool is_in_force_at_once() const noexcept { return false; }
  /// Returns false if it may wait even when the limit is reached.
  virtual bool is_bounded() const noexcept { return true; }
};

}  // namespace mqcoap
