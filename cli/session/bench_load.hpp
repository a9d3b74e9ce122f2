#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/client/client.hpp>
#include <vector>

#include "output/bench_result.hpp"

namespace mqcoap::cli {

struct bench_options {
  std::size_t in_flight = 1;  ///< closed loop: the constant number of requests in flight. Open loop: the
                              ///< limit; further requests are sent later
  double rate = 0;            ///< requests/s of the open loop; 0: closed loop
  steady_time end = steady_time::max();  ///< no request is sent after this time
  std::uint64_t count = 0;               ///< number of requests; 0: no limit
};

/// Sends a request repeatedly, or several in rotation, and measures the latency of the answers. Completion
/// handlers hold a reference to the object, so it lives until the last request has completed.
/// @par Threads  All calls are made on the client's executor.
class bench_load : public std::enable_shared_from_this<bench_load> {
 public:
  /// @param mqtt  must outlive the last request
  /// @param what  at least one request
  bench_load(client& mqtt, std::vector<request_spec> what, bench_options options);

  void start();
  /// Stops sending; answers that arrive later are not counted.
  void abandon();

  /// Returns true when all requests have completed, or the connection to the broker was lost.
  bool finished() const noexcept { return lost_ || (!may_send() && outstanding_ == 0); }
  /// Returns the result so far.
  bench_result result() const;

 private:
  bool may_send() const noexcept;
  void send(steady_time due);
  void send_due();
  void await_due();
  void on_answer(steady_time due, const error_code& outcome, int code);
  steady_time due_of(std::uint64_t number) const;

  client& mqtt_;
  const std::vector<request_spec> what_;
  const bench_options options_;
  boost::asio::steady_timer timer_;
  bench_result result_;
  steady_time began_{};
  steady_time last_{};  ///< when the last request completed
  std::size_t outstanding_ = 0;
  bool timer_runs_ = false;
  bool lost_ = false;
  bool abandoned_ = false;
};

}  // namespace mqcoap::cli
