#pragma once

#include <cstddef>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/state/state_store.hpp>
#include <mqcoap/store/postgres/pg_request.hpp>
#include <mqcoap/store/postgres/pg_rows.hpp>
#include <utility>
#include <vector>

namespace mqcoap::store {

/// A question for the cells that have changed.
struct awaited_refresh {
  std::vector<cell_mark> held;
  state_store::refresh_handler done;
  steady_time deadline{};
};

/// Questions that one statement answers.
class refresh_group {
 public:
  static constexpr std::size_t most_cells = 1024;

  /// Takes a question. Returns false, and leaves it, if there is no room.
  bool take(awaited_refresh& next);

  bool empty() const noexcept { return asked_.empty(); }
  std::vector<awaited_refresh>& asked() noexcept { return asked_; }
  pg_statement ask() const;

  /// Returns what each of them has asked for.
  /// @par Errors  a value that is no JSON: its cell
  result<std::vector<std::vector<stored_cell>>, cell_name> answers(const pg_rows& rows) const;

  /// The statement, to be prepared on each session.
  static pg_request preparation();

 private:
  std::vector<awaited_refresh> asked_;
  std::vector<std::pair<std::size_t, std::size_t>>
      marks_;  ///< question and mark, in the order of the statement
};

}  // namespace mqcoap::store
