#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mqcoap/client/client.hpp>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "options/command.hpp"
#include "output/output.hpp"

namespace mqcoap::cli {

/// The outcome of a request: an answer, successful or not, or the reason why there is none.
struct request_outcome {
  error_code error;
  std::optional<exchange_record> answered{};  ///< empty: there was no answer
  std::string message{};                      ///< why there is no answer, for people
  std::size_t largest_packet = 0;             ///< the broker's largest packet in bytes; 0: it
                                              ///< announces no limit
  bool sent = true;                           ///< the request was sent
};

/// A client with blocking calls and its own event loop. SIGINT and SIGTERM interrupt every wait with an
/// exception, `interrupted`. Subscribed messages are delivered while a call waits.
/// @par Threads  A session is used by one thread.
class session {
 public:
  explicit session(const settled_options& options);
  /// Disconnects from the broker, within half a second.
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  client& mqtt() noexcept { return client_; }
  boost::asio::io_context& loop() noexcept { return loop_; }

  /// Waits for the connection, at most for the configured timeout. @throws failure  (status_unreachable)
  void connect();
  /// Waits like `connect`, but returns the error; `why` receives the details.
  error_code try_connect(outage_cause& why);

  /// Sends a request with the configured token, and waits for its outcome.
  request_outcome request(request_spec what);
  /// Sends several requests at once and waits for all of them. @return the outcomes in the same order
  std::vector<request_outcome> request_all(std::vector<request_spec> what);

  /// @throws failure  if the broker does not allow the subscription or does not confirm it in time
  subscription_id subscribe(general_filter which, client::general_handler handler);

  /// Waits until a time, or until `enough` returns true; `enough` is called after every event.
  /// @return false if the time was reached first
  bool wait_until(steady_time when, const std::function<bool()>& enough = {});
  /// Waits for a signal. @throws interrupted
  [[noreturn]] void wait_for_signal();

  /// Runs the loop until an asynchronous operation completes, and returns its result.
  /// @param start  receives the completion handler
  template <class... Results, class Start>
  std::tuple<Results...> await(Start start) {
    // Shared, because a signal may end the wait before the operation completes.
    auto done = std::make_shared<std::optional<std::tuple<Results...>>>();
    start([done](Results... results) { done->emplace(std::move(results)...); });
    while (!*done) run_one();
    return **std::move(done);
  }

 private:
  void run_one();
  void await_signal();

  const settled_options& options_;
  boost::asio::io_context loop_{1};
  boost::asio::signal_set signals_;
  int signal_ = 0;
  client client_;
};

}  // namespace mqcoap::cli
