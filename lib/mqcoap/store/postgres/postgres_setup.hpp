#pragma once

#include <chrono>
#include <functional>
#include <mqcoap/store/postgres/pg_request.hpp>
#include <mqcoap/store/postgres/pg_session.hpp>
#include <string>

namespace mqcoap::store {

/// The preparation of a new session.
struct postgres_setup {
  std::chrono::milliseconds timeout;
  pg_request statements;  ///< to prepare
  /// Receives an empty text, or the reason why the session cannot be used.
  using handler = std::function<void(const std::string& fault)>;
};

/// Prepares a session: its settings, missing tables, the version of the tables, the rights of the role, the
/// statements. `done` is not called if the session ends before.
void set_up(pg_session& session, const postgres_setup& what, postgres_setup::handler done);

}  // namespace mqcoap::store
