#pragma once

#include <cstddef>
#include <memory>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/state/cell_group.hpp>
#include <mqcoap/state/cell_terms.hpp>

namespace mqcoap {

/// A resource that is created once for all devices that have it with the same options, instead of a `handler`
/// for each. It contains nothing of a device, whose state is passed with each call. Its cell has one value,
/// which other resources of the device may read and change. Immutable.
class common_resource {
 public:
  virtual ~common_resource() = default;
  /// Returns the terms of its cell, which is not persistent.
  virtual std::shared_ptr<const cell_terms> terms() const = 0;
  /// Takes the call when it answers or keeps it, as a `handler` does.
  /// @param cells   the cells of the device
  /// @param number  the number of the resource's cell
  virtual void handle(responder&& r, cell_group& cells, std::size_t number) const = 0;
};

}  // namespace mqcoap
