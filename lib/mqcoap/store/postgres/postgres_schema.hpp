#pragma once

#include <string>
#include <vector>

namespace mqcoap::store {

/// The version of the tables that this program writes.
inline constexpr int postgres_schema_version = 1;

/// The tables of the state, which the role of the gateway may make beforehand, or another role for it. They
/// are in the first schema of the role's search_path.
const std::vector<std::string>& postgres_tables();
/// Returns the names of these tables.
const std::vector<std::string>& postgres_table_names();
/// Returns a script for psql that makes them where they are missing.
std::string postgres_schema();

}  // namespace mqcoap::store
