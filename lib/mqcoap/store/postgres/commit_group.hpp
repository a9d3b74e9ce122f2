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

/// A commit that has not been stored yet.
struct awaited_commit {
  state_commit what;
  state_store::commit_handler done;
  steady_time deadline{};
  bool is_alone = false;  ///< a group that contained it was rejected: it is retried without others
};

/// The identity under which commits are stored, so that their outcome can be determined afterwards: the
/// server stores the number of the last group of each member. A member has a new epoch on each connection,
/// and groups of an earlier epoch are no longer stored.
struct commit_author {
  std::string member;
  std::int64_t epoch = 0;
};

/// Commits that are stored in one transaction, but independently: a stale one does not affect the others. Two
/// of them never have a cell in common.
class commit_group {
 public:
  static constexpr std::size_t most_commits = 256;
  static constexpr std::size_t most_bytes = std::size_t{4} << 20;

  /// Takes a commit. Returns false, and leaves it with the caller, if it needs a separate group.
  bool take(awaited_commit& next);

  bool empty() const noexcept { return commits_.empty(); }
  std::size_t size() const noexcept { return commits_.size(); }
  std::vector<awaited_commit>& commits() noexcept { return commits_; }
  /// Returns the total number of values in the commits.
  std::size_t values() const;

  /// Returns true if there are cells that are not stored yet: then `make_cells` must run first.
  bool has_new_cells() const;
  pg_statement make_cells() const;
  pg_statement store(const commit_author& by, std::int64_t number) const;

  /// Returns the statements to prepare on each session, which these two functions run.
  static pg_request preparation();

 private:
  bool has_room_for(const awaited_commit& next, std::size_t bytes) const;

  std::vector<awaited_commit> commits_;
  std::set<cell_name> cells_;
  std::size_t bytes_ = 0;
};

/// Returns the statement that begins an epoch. Its result is the number of the member's last group, and the
/// commits of that group that were stored. It waits for a group of the previous epoch that is still being
/// stored, so that its outcome is certain.
pg_statement begin_epoch(const commit_author& by);

}  // namespace mqcoap::store
