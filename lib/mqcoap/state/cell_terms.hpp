#pragma once

#include <mqcoap/json/json_text.hpp>
#include <mqcoap/state/change.hpp>
#include <optional>
#include <vector>

namespace mqcoap {

/// What a resource asks of its cell. They stay with the cell, so that those of the next configuration can
/// tell what is different.
class cell_terms {
 public:
  virtual ~cell_terms() = default;

  /// What a new cell holds as number 0.
  virtual std::optional<json_text> initial() const { return std::nullopt; }
  /// What has to change in a cell that was held under other terms of the same kind.
  virtual std::vector<change> adopt(const std::shared_ptr<cell>& held) const = 0;
  /// False: it ends with the process, and no store hears of it.
  virtual bool is_lasting() const noexcept { return true; }
};

}  // namespace mqcoap
