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

/// The client for programs without an event loop: every call waits for its outcome. It is the asynchronous
/// client on a thread of its own, and a wait.
///
/// Errors are thrown: an error answer as the response_exception of its code, a failed exchange as
/// exchange_failed; the overloads with an error_code throw neither.
///
/// @par Threads  Usable from many threads at once. Handlers run on the client's own thread: a blocking call
///   from there throws std::logic_error. What a completion given to `async()` throws goes to the log.
class sync_client {
 public:
  explicit sync_client(client_options options = {});
  /// Disconnects, if that has not been done, and waits for what was posted to the client's executor. Not from
  /// the client's own thread. A `responder` must not be kept longer than the client.
  ~sync_client();
  sync_client(const sync_client&) = delete;
  sync_client& operator=(const sync_client&) = delete;

  /// Waits for the connection. @throws exchange_failed  with the error of `client::async_connect`, in words
  void connect();
  /// The same, with the outcome of `client::async_connect` in `error`.
  void connect(error_code& error);
  /// Disconnects, which takes half a second at most. `connect` connects again.
  void disconnect();
  bool connected() const noexcept { return client_->connected(); }

  /// Sends a request and waits for the answer. @throws response_exception, exchange_failed
  response request(request_spec what);
  /// The same, with the outcome of client::async_request in `error`.
  response request(request_spec what, error_code& error);

  /// Shorthands; addresses as `TAG/SUBSYSTEM/PATH`. @throws std::invalid_argument  for what is no address
  response get(std::string_view to);
  response put(std::string_view to, json_text body);
  response post(std::string_view to, json_text body = {});
  response del(std::string_view to);

  /// Sends several requests at once, under one correlation id; never throws for what becomes of one.
  std::vector<outcome> batch(std::vector<request_spec> requests);

  /// @throws exchange_failed
  void publish(general_topic to, json_text body, bool retain = false);
  /// @throws exchange_failed
  subscription_id subscribe(general_filter which, client::general_handler handler);
  /// When it returns, the handler does not run and never will; from a handler, it may be the one that runs.
  void unsubscribe(subscription_id which);

  handler_id add_handler(request_handler h) { return client_->add_handler(std::move(h)); }
  handler_id add_handler(response_handler h) { return client_->add_handler(std::move(h)); }
  /// False if there is no such handler (any more). As `unsubscribe`, it waits for a handler that runs.
  bool remove_handler(handler_id which);

  /// The client behind it, for what is not blocking.
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
