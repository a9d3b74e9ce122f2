#pragma once

#include <string>
#include <vector>

namespace mqcoap::store {

/// The version of the tables that this program uses.
inline constexpr int postgres_schema_version = 1;

/// The statements that create the tables of the state. The role of the gateway can run them, or another role
/// beforehand. The tables are in the first schema of the role's search_path.
const std::vector<std::string>& postgres_tables();
/// Returns the names of these tables.
const std::vector<std::string>& postgres_table_names();
/// Returns a psql script that creates the tables that do not exist.
std::string postgres_schema();

}  // namespace mqcoap::store
