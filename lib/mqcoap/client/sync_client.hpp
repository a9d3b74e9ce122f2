#pragma once

#include <chrono>
#include <memory>
#include <mqcoap/client/client.hpp>
#include <mqcoap/client/response_exception.hpp>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace mqcoap {

/// The client for programs without an event loop: every call blocks until its outcome is known. It runs the
/// asynchronous client on a separate thread and waits for it.
///
/// Errors are thrown: an error answer as the response_exception of its code, a failed exchange as
/// exchange_failed; the overloads with an error_code throw neither.
///
/// @par Threads  Usable from several threads at once. Handlers run on the client's own thread: a blocking
///   call from there throws std::logic_error. Exceptions from a completion handler given to
///   `async()` are logged.
class sync_client {
 public:
  explicit sync_client(client_options options = {});
  /// Disconnects, if that has not been done, and waits for what was posted to the client's executor. Must not
  /// be called on the client's own thread. A `responder` must not outlive the client.
  ~sync_client();
  sync_client(const sync_client&) = delete;
  sync_client& operator=(const sync_client&) = delete;

  /// Waits for the connection.
  /// @throws exchange_failed  with the error of `client::async_connect` and a text that describes it
  void connect();
  /// Waits for the connection and stores the outcome of `client::async_connect` in `error`.
  void connect(error_code& error);
  /// Disconnects, which takes at most half a second. `connect` connects again.
  void disconnect();
  bool connected() const noexcept { return client_->connected(); }

  /// Sends a request and waits for the answer. @throws response_exception, exchange_failed
  response request(request_spec what);
  /// Sends a request, waits for the answer, and stores the outcome of client::async_request in `error`.
  response request(request_spec what, error_code& error);

  /// Shorthands that take the address as `TAG/SUBSYSTEM/PATH`.
  /// @throws std::invalid_argument  if the text is not an address
  response get(std::string_view to);
  response put(std::string_view to, json_text body);
  response post(std::string_view to, json_text body = {});
  response del(std::string_view to);

  /// Sends several requests at once under one correlation id; never throws because a single request failed.
  std::vector<outcome> batch(std::vector<request_spec> requests);

  /// Publishes a general payload, as `client::async_publish` does.
  /// @throws exchange_failed
  void publish(general_topic to, json_text body, bool retain = false);
  /// Subscribes, as `client::async_subscribe` does.
  /// @throws exchange_failed
  subscription_id subscribe(general_filter which, client::general_handler handler);
  /// Cancels a subscription. When this returns, its handler is not running and never will; if it is called
  /// from a handler, that handler itself may be the one running.
  void unsubscribe(subscription_id which);

  handler_id add_handler(request_handler h) { return client_->add_handler(std::move(h)); }
  handler_id add_handler(response_handler h) { return client_->add_handler(std::move(h)); }
  /// Removes a handler. Returns false if it does not exist, or no longer exists. Like `unsubscribe`, it waits
  /// for a running handler.
  bool remove_handler(handler_id which);

  /// The underlying client, for non-blocking operations.
  client& async() noexcept { return *client_; }

 private:
  class worker;
  template <class... Results, class Start>
  std::tuple<Results...> wait(Start start);
  void wait_for_handlers();

  client_options options_;
  std::unique_ptr<worker> worker_;
  std::unique_ptr<client> client_;
};

}  // namespace mqcoap
