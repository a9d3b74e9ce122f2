#pragma once

#include <cstddef>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/state/state_store.hpp>
#include <mqcoap/store/postgres/pg_request.hpp>
#include <mqcoap/store/postgres/pg_rows.hpp>
#include <utility>
#include <vector>

namespace mqcoap::store {

/// A query for the cells that have changed.
struct awaited_refresh {
  std::vector<cell_mark> held;
  state_store::refresh_handler done;
  steady_time deadline{};
};

/// Queries that one statement answers.
class refresh_group {
 public:
  static constexpr std::size_t most_cells = 1024;

  /// Takes a query. Returns false, and leaves it with the caller, if there is no room.
  bool take(awaited_refresh& next);

  bool empty() const noexcept { return refreshes_.empty(); }
  std::vector<awaited_refresh>& refreshes() noexcept { return refreshes_; }
  pg_statement ask() const;

  /// Returns the cells for each query.
  /// @par Errors  if a value is not valid JSON: its cell
  result<std::vector<std::vector<stored_cell>>, cell_name> answers(const pg_rows& rows) const;

  /// Returns the statement to prepare on each session.
  static pg_request preparation();

 private:
  std::vector<awaited_refresh> refreshes_;
  std::vector<std::pair<std::size_t, std::size_t>> marks_;  ///< query and mark, in the order of the statement
};

}  // namespace mqcoap::store
