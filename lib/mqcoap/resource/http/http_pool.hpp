#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/exchange/throttle.hpp>
#include <mqcoap/resource/backend/backend.hpp>
#include <mqcoap/resource/http/http_wire.hpp>
#include <string>
#include <utility>

namespace mqcoap {

/// Decides which request to a server is sent when, and on which connection. A few connections are kept open
/// for a short time; requests beyond their number wait in order. A GET on a kept connection that the server
/// has closed in the meantime is sent once more, on a new connection. Nothing else is ever sent twice. Does
/// no I/O: wires do, and the owner calls `expire` at `next_deadline`.
/// @par Threads  Used by one thread. A handler of an outcome may call `ask` again; it must not
///   destroy this object.
class http_pool : public std::enable_shared_from_this<http_pool> {
 public:
  using maker = std::function<std::unique_ptr<http_wire>()>;
  using handler = http_wire::handler;
  /// Called with the next deadline when it has changed.
  using waker = std::function<void(http_pool&, steady_time)>;

  /// @param name  the name of the server, for the log
  /// @param make  creates a wire that is not connected yet
  http_pool(std::string name, maker make, const clock& time, log_sink log, waker wake = {});

  /// @param deadline  when the caller stops waiting; `done` is called shortly before that
  /// @return a handle that cancels the request when it is destroyed
  backend::running ask(std::shared_ptr<const http_exchange> what, const http_terms& terms,
                       steady_time deadline, handler done);

  void expire();
  steady_time next_deadline() const;

 private:
  struct job {
    std::shared_ptr<const http_exchange> what;
    http_terms terms;
    steady_time requested_at;
    steady_time until;
    handler done;
    bool is_repeated = false;
  };
  using job_ptr = std::shared_ptr<job>;
  struct connection {
    std::unique_ptr<http_wire> wire;
    std::uint64_t id = 0;
    job_ptr serves{};        ///< null if idle
    bool was_used = false;   ///< for an earlier request
    steady_time close_at{};  ///< when to close it if it is idle
  };

  std::size_t count_busy() const noexcept;
  void advance();
  bool begin_next();
  void send_on(connection& by, const job_ptr& next);
  connection& make_connection();
  connection* find_idle();
  void on_end(std::uint64_t id, http_outcome outcome);
  void cancel(const job_ptr& gone) noexcept;
  http_outcome late_outcome(const job& of, const http_wire* by) const;
  void answer(const job_ptr& whom, http_outcome outcome);
  void warn(throttle& by, const std::string& message);
  void deliver();

  const std::string name_;
  const maker make_;
  const clock& time_;
  const log_sink log_;
  const waker wake_;
  steady_time wake_deadline_ = steady_time::max();  ///< the last deadline that was passed to `wake_`
  std::deque<job_ptr> waiting_;
  std::list<connection> connections_;
  std::uint64_t last_id_ = 0;
  std::deque<std::pair<job_ptr, http_outcome>> answers_;  ///< delivered when the state is consistent
  throttle failed_lines_{log_interval};
  throttle late_lines_{log_interval};
  static constexpr std::chrono::minutes log_interval{1};
};

}  // namespace mqcoap
