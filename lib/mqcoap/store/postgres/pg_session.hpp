#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <mqcoap/store/postgres/pg_request.hpp>
#include <mqcoap/store/postgres/pg_target.hpp>
#include <optional>
#include <string>

struct pg_conn;

namespace mqcoap::store {

/// One connection to a PostgreSQL server (libpq in pipeline mode), from connecting to its end. It has no
/// deadlines: its owner closes it.
/// @par Threads  All functions on the executor, which is serial.
class pg_session final : public std::enable_shared_from_this<pg_session> {
 public:
  struct owner {
    std::function<void()> connected;
    /// Called once when the session has ended without `close`, after the handlers of all unanswered requests.
    std::function<void(const std::string& why)> ended;
  };

  pg_session(const boost::asio::any_io_executor& loop, owner callbacks);
  ~pg_session();
  pg_session(const pg_session&) = delete;
  pg_session& operator=(const pg_session&) = delete;

  /// Starts connecting. Host names must be resolved before.
  void connect(const pg_target::settings& settings);
  /// Sends a transaction. Its handler is called when the server has committed it or rolled it back, or when
  /// the session ends: in the order of the calls, and never inside this one. Precondition: the
  /// session is connected.
  void send(const pg_request& request, pg_handler done);
  /// Reads what has already arrived.
  void look();
  /// Closes the session: unanswered requests get pg_fault::kind::lost. Does not call `owner::ended`.
  void close(const std::string& why);

  bool is_over() const noexcept { return is_over_; }

 private:
  struct finisher {
    void operator()(pg_conn* connection) const noexcept;
  };
  /// A transaction that has not been answered yet.
  struct awaited {
    pg_handler done;
    pg_rows rows{};
    std::optional<pg_fault> fault{};
  };

  void go_on_connecting();
  bool watch_socket();
  void await_reading();
  void await_writing();
  void flush();
  void read();
  void drain();
  void take(pg_rows rows, pg_result* raw);
  void answer_first();
  void end(const std::string& why);
  std::string last_error() const;

  owner callbacks_;
  boost::asio::posix::stream_descriptor
      socket_;  ///< a duplicate, because libpq may close its own at any time
  std::unique_ptr<pg_conn, finisher> connection_;
  std::deque<awaited> in_flight_;
  bool is_connected_ = false;
  bool is_over_ = false;
  bool awaits_writing_ = false;
  std::string end_reason_;  ///< why the server ends the session
};

}  // namespace mqcoap::store
