#pragma once

#include <mqcoap/json/json_text.hpp>
#include <mqcoap/state/change.hpp>
#include <optional>
#include <string>

namespace mqcoap {

/// The requirements of a resource for its cell. They are stored with the cell, so that those of the next
/// configuration can be compared with them.
class cell_terms {
 public:
  virtual ~cell_terms() = default;

  /// Returns the initial value, which has number 0.
  virtual std::optional<json_text> initial() const { return std::nullopt; }
  /// Returns the changes for a cell that had other terms of the same kind, or was loaded from a store.
  virtual change_list adopt(const std::shared_ptr<cell>& held) const = 0;
  /// Returns true if a cell with these terms needs no change to adopt the others.
  virtual bool is_same_as(const cell_terms& others) const { return this == &others; }
  /// Returns false if the cell is not stored persistently.
  virtual bool is_lasting() const noexcept { return true; }
  /// Returns the version of the initial value; empty if there is none.
  std::string initial_version() const;
};

}  // namespace mqcoap
