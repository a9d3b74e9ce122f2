#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/secret.hpp>
#include <mqcoap/exchange/backoff.hpp>
#include <mqcoap/net/name_lookup.hpp>
#include <mqcoap/store/postgres/pg_request.hpp>
#include <mqcoap/store/postgres/pg_session.hpp>
#include <mqcoap/store/postgres/pg_target.hpp>
#include <random>
#include <string>
#include <vector>

namespace mqcoap::store {

struct pg_connection_options {
  pg_target to{};
  secret password{};
  /// For the answer to a request, and for each attempt to connect. A request that is not answered in time
  /// fails, and its connection is closed.
  std::chrono::milliseconds timeout{3000};
  std::size_t most_waiting = 4096;  ///< requests that have not been sent yet
  std::size_t most_in_flight = 16;
  backoff::options pauses{.shortest = std::chrono::milliseconds(100),
                          .longest = std::chrono::milliseconds(5000),
                          .longest_at_first = std::chrono::milliseconds(5000)};
};

/// Maintains a session with one of the servers of a target, and sends requests over it. Without a session,
/// requests wait while the first attempt to connect lasts; once that has failed, they are rejected at once,
/// until a later attempt succeeds.
/// @par Threads  All functions on the executor, which is serial.
class pg_connection {
 public:
  using prepared_handler = std::function<void(const std::string& fault)>;
  struct owner {
    /// Prepares a new session, and calls back with an empty text, or with the reason why it cannot be used.
    std::function<void(pg_session&, prepared_handler)> prepare;
    std::function<void()> up;
    /// Called when the session has ended, or could not be established.
    std::function<void(const std::string& why)> down;
  };

  pg_connection(boost::asio::any_io_executor loop, pg_connection_options options, owner callbacks,
                name_resolver resolver);
  /// Pending handlers are not called.
  ~pg_connection();
  pg_connection(const pg_connection&) = delete;
  pg_connection& operator=(const pg_connection&) = delete;

  /// Starts connecting.
  void start();
  /// Sends a transaction. Calls `done` once, later.
  void run(pg_request request, pg_handler done);
  /// Closes the session, whose requests are lost, and connects again.
  void reset(const std::string& why);

  bool is_up() const noexcept { return is_up_; }
  /// Returns true if an attempt to connect has failed since the last session: requests are rejected at once.
  bool is_refusing() const noexcept { return is_refusing_; }

 private:
  struct entry {
    pg_request request;
    pg_handler done;
    steady_time deadline;
  };

  void begin_attempt();
  void look_up_next();
  void try_next_host();
  void on_connected();
  void on_prepared(const std::string& fault);
  void on_ended(const std::string& why);
  void begin_again(const std::string& why);
  void try_again_later();
  void refuse_waiting();
  void send_waiting();
  void answer(const std::shared_ptr<entry>& to, result<pg_rows, pg_fault> what);
  void watch_deadlines();
  void on_deadline();
  void limit(std::chrono::milliseconds time, std::function<void()> then);
  void end_limit();

  const boost::asio::any_io_executor loop_;
  const pg_connection_options options_;
  const owner callbacks_;
  const name_resolver resolver_;
  std::map<std::string, name_lookup> lookups_;  ///< one per name: each has one result at a time
  boost::asio::steady_timer attempt_timer_;
  std::uint64_t limits_ = 0;  ///< the number of the limit in force
  boost::asio::steady_timer deadline_timer_;
  backoff pauses_;
  std::minstd_rand random_;

  std::shared_ptr<pg_session> session_;
  bool is_up_ = false;
  bool is_refusing_ = false;
  steady_time up_since_{};
  std::vector<pg_host> to_look_up_;
  std::vector<pg_host> to_try_;  ///< in reverse order: the last one is tried next
  std::string last_fault_;

  std::deque<std::shared_ptr<entry>> waiting_;
  std::deque<std::shared_ptr<entry>> sent_;
  steady_time watched_ = steady_time::max();  ///< when the timer of the deadlines fires
  std::shared_ptr<pg_connection*> alive_;     ///< lets late callbacks detect that this object is destroyed
};

}  // namespace mqcoap::store
