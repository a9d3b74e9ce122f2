#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mqcoap/base/boot_clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/net/name_lookup.hpp>
#include <mqcoap/store/postgres/pg_connection.hpp>
#include <mqcoap/store/postgres/postgres_options.hpp>
#include <optional>
#include <string>

namespace mqcoap::store {

struct lease_options {
  postgres_options database{};
  /// The time after the last renewal at which another gateway may serve.
  std::chrono::milliseconds duration{5000};

  friend bool operator==(const lease_options&, const lease_options&) = default;
};

/// The right to serve, which only one of several gateways has at a time. It is a row of their database, with
/// a holder and an expiry time by the clock of the database. Its holder renews it five times within its
/// duration. The holder counts from the time before it sent the request, and uses only three fifths of the
/// duration: when the lease expires for the others, it has long expired for the holder, even if the database
/// has vanished or the process was stopped.
/// @par Threads  All functions on the event loop.
class leader_lease {
 public:
  struct environment {
    boost::asio::any_io_executor loop;
    log_sink log{};
    std::function<boot_clock::time_point()> now = boot_clock::now;  ///< includes suspension
    name_resolver resolver = resolve_by_system;
  };
  struct owner {
    std::function<void()> won;
    /// Called once, after `won`, when another gateway may soon serve. Not called after `release`.
    std::function<void(const std::string& why)> lost;
  };

  /// @par Errors  Throws std::invalid_argument for an address that `fault_of_postgres_url` rejects.
  leader_lease(lease_options options, environment env, owner callbacks);
  ~leader_lease();
  leader_lease(const leader_lease&) = delete;
  leader_lease& operator=(const leader_lease&) = delete;

  /// Starts to wait for the lease.
  void start();
  /// Returns true while this process may serve, as of now.
  bool holds() const { return is_leader_ && env_.now() < valid_until_; }
  bool is_leader() const noexcept { return is_leader_; }
  /// Returns the time since the last renewal; nothing if this is not the leader.
  std::optional<std::chrono::nanoseconds> age() const;
  /// Returns the number of leader changes so far, as of the last renewal.
  std::int64_t epoch() const noexcept { return epoch_; }

  /// Releases the lease, so that another gateway may serve at once. Calls `done` once, later, with true if
  /// this gateway held the lease and another one waits for it; with false if the database does not answer in
  /// time.
  void release(std::function<void(bool is_awaited)> done);

 private:
  pg_connection::owner owner_of_session();
  std::chrono::milliseconds renewal() const noexcept { return options_.duration / 5; }
  void tick();
  void wait(std::chrono::milliseconds time);
  void ask();
  void on_answer(boot_clock::time_point requested_at, const result<pg_rows, pg_fault>& answer);
  void note_waiting();
  void lose(const std::string& why);
  void watch_end();
  void report_trouble(const std::string& why);

  const lease_options options_;
  const environment env_;
  const owner callbacks_;
  const std::string member_;
  std::shared_ptr<leader_lease*> alive_;
  boost::asio::steady_timer timer_;  ///< for the next renewal
  boost::asio::steady_timer end_;    ///< for the expiry of the lease
  bool is_leader_ = false;
  bool is_over_ = false;  ///< lost, or released
  bool is_asking_ = false;
  boot_clock::time_point valid_until_{};
  boot_clock::time_point renewed_{};
  boot_clock::time_point noted_{};
  std::int64_t epoch_ = 0;
  std::string trouble_;  ///< the last one that was logged
  pg_connection session_;
};

}  // namespace mqcoap::store
