#pragma once

#include <mqcoap/store/postgres/postgres_options.hpp>
#include <string>

namespace mqcoap::store {

/// Where the state of persistent resources is stored.
struct state_options {
  std::string directory{};      ///< empty: `$STATE_DIRECTORY`, which systemd sets
  bool is_needed = false;       ///< a resource needs it
  bool records_writes = false;  ///< a device has `durable_dedup`
  postgres_options postgres{};  ///< a database instead of the directory, if it has an address

  bool has_database() const noexcept { return !postgres.url.empty(); }
  friend bool operator==(const state_options&, const state_options&) = default;
};

/// Returns the directory of these options; empty if neither they nor the environment specify one.
std::string directory_of(const state_options& options);

}  // namespace mqcoap::store
