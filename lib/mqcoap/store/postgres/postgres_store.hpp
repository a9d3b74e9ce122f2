#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/net/name_lookup.hpp>
#include <mqcoap/state/state_store.hpp>
#include <mqcoap/store/postgres/commit_group.hpp>
#include <mqcoap/store/postgres/pg_connection.hpp>
#include <mqcoap/store/postgres/postgres_options.hpp>
#include <mqcoap/store/postgres/refresh_group.hpp>
#include <mqcoap/store/store_status.hpp>
#include <optional>
#include <random>
#include <string>

namespace mqcoap::store {

/// Returns what is wrong with the address of a database; nothing if it is valid.
std::optional<std::string> fault_of_postgres_url(const std::string& url);

/// Stores state in a PostgreSQL database that several gateways share. Commits that wait together share one
/// transaction, and reads that wait together share one statement; reads have a separate connection, so that
/// they do not wait for the disk. Without the database every operation fails with errc::storage_unreachable,
/// until the database is available again.
///
/// When a connection ends before a commit was answered, its outcome is determined over the next one: a commit
/// that was stored is never reported as failed, and none is stored after it was reported as failed.
/// @par Threads  All functions on the event loop.
class postgres_store final : public state_store {
 public:
  struct environment {
    boost::asio::any_io_executor loop;
    log_sink log{};
    name_resolver resolver = resolve_by_system;
  };
  /// The maximum number of waiting commits, and of waiting reads.
  static constexpr std::size_t most_waiting = 4096;

  /// Starts connecting.
  /// @par Errors  Throws std::invalid_argument for an address that `fault_of_postgres_url` rejects.
  postgres_store(const postgres_options& options, environment env);
  /// Pending handlers are not called.
  ~postgres_store() override;

  void commit(state_commit what, commit_handler done) override;
  bool is_shared() const noexcept override { return true; }
  void refresh(std::vector<cell_mark> held, refresh_handler done) override;

  /// Returns true if both connections are established.
  bool is_reachable() const noexcept { return reads_.is_up() && writes_.is_up(); }
  store_status status() const;

 private:
  /// A group whose outcome is not known yet.
  struct sent_group {
    std::int64_t number = 0;
    commit_group group;
    steady_time begun{};
    std::optional<pg_fault> no_cells{};  ///< why creating its new cells failed
    bool is_lost = false;                ///< the connection ended before the answer
  };
  using prepared_handler = pg_connection::prepared_handler;

  pg_connection_options connection_options() const;
  pg_connection::owner owner_of_reads();
  pg_connection::owner owner_of_writes();
  void begin_writing(pg_session& session, const prepared_handler& done);
  void on_epoch(const pg_rows& rows);

  void store_waiting();
  void on_stored(result<pg_rows, pg_fault> answer);
  void settle(const std::vector<std::int64_t>& stored);
  void try_again();
  void refuse(const pg_fault& fault);
  void end_group(error_code why);
  void refuse_waiting();
  void expire();
  void watch_deadlines();
  void post(commit_handler done, error_code why);

  void ask_waiting();
  void on_found(const std::shared_ptr<refresh_group>& group, const result<pg_rows, pg_fault>& answer);

  void on_down(const std::string& why);
  void on_up();
  void note_refused(const std::string& why, std::size_t values);
  void report(log_level level, const std::string& message) const;

  const postgres_options options_;
  const environment env_;
  const pg_target target_;
  std::shared_ptr<postgres_store*> alive_;  ///< lets late callbacks detect that this object is destroyed

  std::mt19937_64 random_;
  commit_author author_;
  std::int64_t last_number_ = 0;
  std::deque<awaited_commit> commits_;
  std::optional<sent_group> under_way_;  ///< one at a time: later commits form the next group
  boost::asio::steady_timer timer_;
  steady_time watched_ = steady_time::max();

  std::deque<awaited_refresh> refreshes_;
  std::size_t reads_in_flight_ = 0;  ///< statements in flight

  store_status status_;
  std::string trouble_;  ///< why there is no connection, as last logged; empty: nothing was logged
  bool was_up_ = false;

  pg_connection reads_;
  pg_connection writes_;
};

}  // namespace mqcoap::store
