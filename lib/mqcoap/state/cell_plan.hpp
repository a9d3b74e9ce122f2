#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mqcoap/state/cell_terms.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// A cell that every device of one kind has.
struct planned_cell {
  std::string path;
  std::string_view kind;  ///< see `cell_name`
  std::shared_ptr<const cell_terms> terms;
};

/// The cells that several devices have in common. Immutable: all of these devices share it.
class cell_plan {
 public:
  /// Precondition: the names are distinct.
  explicit cell_plan(std::vector<planned_cell> cells);

  std::size_t size() const noexcept { return cells_.size(); }
  const planned_cell& operator[](std::size_t at) const noexcept { return cells_[at]; }
  /// Returns the number of a cell; nothing if there is none with this name.
  std::optional<std::size_t> find(std::string_view path, std::string_view kind) const noexcept;

 private:
  const std::vector<planned_cell> cells_;
  std::vector<std::uint32_t> by_name_;  ///< the numbers of the cells, sorted by name
};

}  // namespace mqcoap
