#pragma once

#include <chrono>
#include <functional>
#include <mqcoap/store/postgres/pg_request.hpp>
#include <mqcoap/store/postgres/pg_session.hpp>
#include <string>

namespace mqcoap::store {

/// What a new session has to do before it is used.
struct postgres_setup {
  std::chrono::milliseconds patience;
  pg_request statements;  ///< to prepare
  /// Calls back with an empty text, or with why the session is of no use.
  using handler = std::function<void(const std::string& fault)>;
};

/// Prepares a session: its settings, tables that are missing, their version, the rights of the role, the
/// statements. `done` is not called when the session ends before.
void set_up(pg_session& session, const postgres_setup& what, postgres_setup::handler done);

}  // namespace mqcoap::store
