#pragma once

#include <cstddef>
#include <cstdint>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/state/state_store.hpp>
#include <mqcoap/store/postgres/pg_parameters.hpp>
#include <mqcoap/store/postgres/pg_request.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::store {

/// A commit that is not stored yet.
struct awaited_commit {
  state_commit what;
  state_store::commit_handler done;
  steady_time deadline{};
  bool is_alone = false;  ///< a group with it was refused: it is tried without others
};

/// Who stores, so that it can be found out afterwards what was stored: the server keeps the number of the
/// last group of a member. A member has another epoch on each connection, and groups of an earlier one are
/// not stored any more.
struct commit_author {
  std::string member;
  std::int64_t epoch = 0;
};

/// Commits that are stored in one transaction, each of them or not: that one is stale does not touch the
/// others. Two of them never have a cell in common.
class commit_group {
 public:
  static constexpr std::size_t most_commits = 256;
  static constexpr std::size_t most_bytes = std::size_t{4} << 20;

  /// Takes a commit. Returns false, and leaves it, if it needs a group of its own.
  bool take(awaited_commit& next);

  bool empty() const noexcept { return commits_.empty(); }
  std::size_t size() const noexcept { return commits_.size(); }
  std::vector<awaited_commit>& commits() noexcept { return commits_; }
  /// Returns how many values they have together.
  std::size_t values() const;

  /// Returns whether there are cells that nobody has stored: `make_cells` goes before.
  bool has_new_cells() const;
  pg_statement make_cells() const;
  pg_statement store(const commit_author& by, std::int64_t number) const;

  /// The statements that these two run, to be prepared on each session.
  static pg_request preparation();

 private:
  bool has_room_for(const awaited_commit& next, std::size_t bytes) const;

  std::vector<awaited_commit> commits_;
  std::set<cell_name> cells_;
  std::size_t bytes_ = 0;
};

/// Begins an epoch; returns the number of the member's last group, and the commits of it that were stored.
/// Waits for a group of the earlier epoch that is being stored, so that its outcome is certain.
pg_statement begin_epoch(const commit_author& by);

}  // namespace mqcoap::store
