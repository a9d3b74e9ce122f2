#pragma once

#include <mqcoap/store/postgres/postgres_options.hpp>
#include <string>

namespace mqcoap::store {

/// Where the state of resources is kept that outlives the process.
struct state_options {
  std::string directory{};      ///< empty: `$STATE_DIRECTORY`, which systemd sets
  bool is_needed = false;       ///< there is such a resource
  bool records_writes = false;  ///< there is a device with `durable_dedup`
  postgres_options postgres{};  ///< a database in place of the directory, if it has an address

  bool has_database() const noexcept { return !postgres.url.empty(); }
  friend bool operator==(const state_options&, const state_options&) = default;
};

/// Returns the directory of these options; empty: neither they nor the environment name one.
std::string directory_of(const state_options& options);

}  // namespace mqcoap::store
