#pragma once

#include <cstddef>
#include <memory>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/state/cell_group.hpp>
#include <mqcoap/state/cell_terms.hpp>

namespace mqcoap {

/// A resource that is made once for all devices that have it alike, instead of a `handler` for each: it has
/// nothing of a device, whose state comes with each call. Its cell has one value, which other resources of
/// the device may read and change. Immutable.
class common_resource {
 public:
  virtual ~common_resource() = default;
  /// Returns the terms of its cell, which is not lasting.
  virtual std::shared_ptr<const cell_terms> terms() const = 0;
  /// Takes the call when it answers or keeps it, as a `handler` does.
  /// @param cells   of the device
  /// @param number  of its cell
  virtual void handle(responder&& r, cell_group& cells, std::size_t number) const = 0;
};

}  // namespace mqcoap
