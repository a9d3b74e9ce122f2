#include <mqcoap/state/cell_plan.hpp>

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace mqcoap {
namespace {

using name_view = std::pair<std::string_view, std::string_view>;

name_view name_of(const planned_cell& c) { return {c.path, c.kind}; }

}  // namespace

cell_plan::cell_plan(std::vector<planned_cell> cells) : cells_(std::move(cells)), by_name_(cells_.size()) {
  std::iota(by_name_.begin(), by_name_.end(), 0U);
  std::sort(by_name_.begin(), by_name_.end(),
            [this](std::uint32_t a, std::uint32_t b) { return name_of(cells_[a]) < name_of(cells_[b]); });
}

std::optional<std::size_t> cell_plan::find(std::string_view path, std::string_view kind) const noexcept {
  const name_view wanted(path, kind);
  const auto at = std::lower_bound(
      by_name_.begin(), by_name_.end(), wanted,
      [this](std::uint32_t each, const name_view& name) { return name_of(cells_[each]) < name; });
  if (at == by_name_.end() || name_of(cells_[*at]) != wanted) return std::nullopt;
  return *at;
}

}  // namespace mqcoap
