#include "output/state_listing.hpp"

#include <mqcoap/base/safe_text.hpp>

#include "output/table.hpp"
#include "words/timestamps.hpp"

namespace mqcoap::cli {
namespace {

std::string resource_of(const cell_name& name) { return name.device + '/' + name.path; }

}  // namespace

std::vector<std::vector<std::string>> list_cells(const std::vector<stored_cell>& cells,
                                                 const resource_test& is_there) {
  std::vector<std::vector<std::string>> rows{{"RESOURCE", "KIND", "ITEMS", "BYTES", "NOTE"}};
  for (const auto& each : cells) {
    std::size_t bytes = 0;
    for (const auto& [number, value] : each.items) bytes += value.text().size();
    rows.push_back({resource_of(each.of), std::string(each.of.kind), std::to_string(each.items.size()),
                    std::to_string(bytes), !is_there || is_there(each.of) ? "" : "not in the configuration"});
  }
  return rows;
}

std::vector<std::vector<std::string>> list_set_aside(const std::vector<store::value_set_aside>& values) {
  std::vector<std::vector<std::string>> rows{{"RESOURCE", "ITEM", "SINCE", "WHY", "VALUE"}};
  for (const auto& each : values)
    rows.push_back(
        {resource_of(each.of), std::to_string(each.number), utc_time(each.at), each.why, each.value});
  return rows;
}

std::string show_table(const std::vector<std::vector<std::string>>& rows, bool for_people) {
  auto safe = rows;
  for (auto& row : safe)
    for (auto& cell : row) cell = safe_text(cell);
  if (for_people) return aligned(safe);
  std::string out;
  for (std::size_t i = 1; i < safe.size(); ++i) {
    for (std::size_t column = 0; column < safe[i].size(); ++column)
      out.append(column == 0 ? "" : "\t").append(safe[i][column]);
    out += '\n';
  }
  return out;
}

}  // namespace mqcoap::cli
