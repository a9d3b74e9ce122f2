#pragma once

#include <functional>
#include <mqcoap/state/cell_name.hpp>
#include <mqcoap/state/stored_cell.hpp>
#include <mqcoap/store/state_database.hpp>
#include <string>
#include <vector>

// The output of `config state`.
namespace mqcoap::cli {

/// Returns true if the configuration contains the resource. An empty function means that this is not known.
using resource_test = std::function<bool(const cell_name&)>;

/// Returns the rows of a table of stored values, beginning with the header: resource, kind, items, bytes, and
/// a note if the resource is no longer configured.
std::vector<std::vector<std::string>> list_cells(const std::vector<stored_cell>& cells,
                                                 const resource_test& is_there);

/// Returns the rows of a table of values that were set aside, beginning with the header: resource, item,
/// since, why, value.
std::vector<std::vector<std::string>> list_set_aside(const std::vector<store::value_set_aside>& values);

/// Returns an aligned table for people, or tab-separated lines without the header for programs.
std::string show_table(const std::vector<std::vector<std::string>>& rows, bool for_people);

}  // namespace mqcoap::cli
