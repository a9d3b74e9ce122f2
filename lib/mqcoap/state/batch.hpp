#pragma once

#include <memory>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/state/cell.hpp>
#include <mqcoap/state/change.hpp>
#include <vector>

namespace mqcoap {

/// Changes of several cells that hold together or not at all.
class batch {
 public:
  virtual ~batch() = default;

  /// The cells that it looks at or changes.
  virtual std::vector<std::shared_ptr<cell>> cells() const = 0;
  /// Looks at the cells and says what is to change; nothing: it has nothing to store, and ends. Called once,
  /// when earlier batches on these cells have ended.
  virtual std::vector<change> decide() = 0;
  /// Called once. No error: what it decided holds, and the cells have it.
  /// errc::timed_out: whether it holds is not known. Any other error: nothing has changed.
  virtual void finish(error_code why) noexcept = 0;
  /// False: it waits also where no further one may.
  virtual bool is_bounded() const noexcept { return true; }
};

}  // namespace mqcoap
