#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution_context.hpp>
#include <concepts>
#include <memory>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/client/client_base.hpp>
#include <mqcoap/client/client_environment.hpp>
#include <mqcoap/client/client_options.hpp>
#include <mqcoap/client/initiation.hpp>
#include <mqcoap/client/request_spec.hpp>
#include <mqcoap/client/response_exception.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/general_topic.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/protocol/response.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace mqcoap {

namespace detail {

/// Satisfied if the context has an executor from which an `Executor` can be constructed.
template <class Context, class Executor>
concept execution_context_of = std::convertible_to<Context&, boost::asio::execution_context&> &&
    std::constructible_from<Executor, typename Context::executor_type>;

}  // namespace detail

/// Sends requests to devices and completes each with its answer, publishes and receives events, and can
/// answer requests to its own tag. Uses one connection, which is re-established whenever it is lost.
///
/// Completes every operation exactly once, through its completion token: callbacks, futures, coroutines. The
/// token comes last; without one, the executor's default token is used, such as that of
/// `boost::asio::use_awaitable_t<>::as_default_on_t<client>`. Needs no external locking. An operation that
/// runs out of memory completes with boost::system::errc::not_enough_memory.
///
/// @par Threads  Every function may be called from any thread. Handlers given here run one at a time on
///   `get_handler_executor()`; completion handlers run on their own executor or, if they have none, on that
///   one; never inside the initiating call. A handler must not block: while it runs on one of the client's
///   threads, the client makes no progress.
/// @par Cancellation  All operations support terminal, partial and total cancellation, and complete with
///   boost::asio::error::operation_aborted. The device may still run a request that was already sent.
template <class Executor = boost::asio::any_io_executor>
class basic_client : public client_base {
 public:
  /// Any type that converts to `boost::asio::any_io_executor`.
  using executor_type = Executor;
  /// The token of operations that are given none: the executor's default token, or void if it has none.
  using default_token = boost::asio::default_completion_token_t<executor_type>;
  /// The same client for another executor type.
  template <class Other>
  struct rebind_executor {
    using other = basic_client<Other>;
  };

  /// @param on  the executor, such as that of an io_context or a thread pool; the client serializes
  ///   its work there
  /// @par Errors  Throws std::invalid_argument for options with which no attempt to connect can succeed
  /// @param in  a `testing::broker` in tests; null: real brokers and the system clocks
  explicit basic_client(const executor_type& on, client_options options = {},
                        std::shared_ptr<client_environment> in = {})
      : client_base(on, std::move(options), std::move(in)), executor_(on) {}
  /// Constructs the client on the executor of an io_context, a thread pool or another execution context.
  template <detail::execution_context_of<Executor> Context>
  explicit basic_client(Context& on, client_options options = {}, std::shared_ptr<client_environment> in = {})
      : basic_client(executor_type(on.get_executor()), std::move(options), std::move(in)) {}
  /// Moves from a client of another executor type, including all pending operations.
  template <class Other>
  requires(!std::same_as<Other, Executor> && std::convertible_to<Other, Executor>)
      basic_client(basic_client<Other>&& other)
      : client_base(std::move(other)), executor_(other.get_executor()) {}
  /// A client that was moved from may only be assigned to or destroyed.
  basic_client(basic_client&&) noexcept = default;
  basic_client& operator=(basic_client&&) noexcept = default;
  /// Completes everything pending with errc::closed; sends no DISCONNECT, so the broker publishes the last
  /// will. With several threads, a handler that is already running finishes.
  ~basic_client() = default;

  /// The executor that the client was created with.
  executor_type get_executor() const noexcept { return executor_; }

  /// Connects, and from then on reconnects until `async_disconnect`. Signature: void(error_code). Completes
  /// once the client is connected and subscribed to the requests for its own tag, or at the first failure.
  /// The client keeps trying after a failure: call this again to wait until it is connected. If it is not
  /// within the client's timeout, the outcome is the reason of the outage. Cancellation only stops the wait.
  /// @par Errors  a `connect_errc`, which gives the reason why there is no connection; errc::denied (the
  ///   broker's access rules do not allow the client to receive requests for its own tag), errc::closed,
  ///   errc::timed_out (the broker does not confirm the subscription within the client's timeout)
  template <boost::asio::completion_token_for<void(error_code)> Token = default_token>
  auto async_connect(Token&& token = Token()) {
    return boost::asio::async_initiate<Token, void(error_code)>(
        initiate([core = core()](auto done) { start_connect(core, std::move(done)); }), token);
  }

  /// Connects, stays connected, and completes once the connection has ended for good. Signature:
  /// void(error_code). Where `async_connect` reports the first outcome, this operation owns the connection:
  /// both end together. It starts the connection, or adopts an existing one. Requests with
  /// `when_disconnected::wait`, or a concurrent `async_connect`, wait for the connection.
  ///
  /// Completes without an error after `async_disconnect`, when the client has disconnected. On cancellation,
  /// it first disconnects in the same way.
  /// @par Errors  a `connect_errc`, if the broker, or TLS, rejects the client and another attempt would not
  ///   change that (`is_lasting`), and errc::denied, if the broker's access rules do not allow the client to
  ///   receive requests for its own tag; both only if `client_options::if_refused` is `give_up`.
  ///   boost::asio::error::operation_aborted, errc::closed (the client was destroyed),
  ///   boost::asio::error::already_started (another `async_run` is pending)
  template <boost::asio::completion_token_for<void(error_code)> Token = default_token>
  auto async_run(Token&& token = Token()) {
    return boost::asio::async_initiate<Token, void(error_code)>(
        initiate([core = core()](auto done) { start_run(core, std::move(done)); }), token);
  }

  /// Sends a request and completes with its answer. Signature: void(error_code, response). A 4xx or 5xx
  /// answer completes with that response_code as the error, together with the answer. If there is no answer,
  /// the client creates the response itself: 504 or 503, with a text that describes the failure, and
  /// `never_run` if the request was not sent.
  /// @par Errors  errc::timed_out, errc::not_connected (not sent), errc::connection_lost (sent; its outcome
  ///   is unknown), errc::denied (the broker does not allow the client to publish the request or to receive
  ///   the answers), errc::too_many_pending, errc::queue_full, errc::too_large, errc::unusable_answer,
  ///   errc::handler_failed, errc::invalid_duration, errc::invalid_id (a request with this id
  ///   is pending), errc::closed
  template <boost::asio::completion_token_for<void(error_code, response)> Token = default_token>
  auto async_request(request_spec what, Token&& token = Token()) {
    return boost::asio::async_initiate<Token, void(error_code, response)>(
        initiate([core = core()](auto done, request_spec w) {
          start_request(core, std::move(w), std::move(done));
        }),
        token, std::move(what));
  }

  /// Sends several requests at once under one fresh correlation id and completes after the last one, with one
  /// outcome for each, in the order of the requests. Signature: void(error_code, std::vector<outcome>); the
  /// error is set only after a cancellation.
  template <boost::asio::completion_token_for<void(error_code, std::vector<outcome>)> Token = default_token>
  auto async_batch(std::vector<request_spec> requests, Token&& token = Token()) {
    return async_batch(std::move(requests), std::optional<request_id>(), std::forward<Token>(token));
  }
  /// Sends several requests under a correlation id that the caller chooses.
  /// @param correlation  none: a fresh one
  template <boost::asio::completion_token_for<void(error_code, std::vector<outcome>)> Token = default_token>
  auto async_batch(std::vector<request_spec> requests, std::optional<request_id> correlation,
                   Token&& token = Token()) {
    return boost::asio::async_initiate<Token, void(error_code, std::vector<outcome>)>(
        initiate([core = core()](auto done, std::vector<request_spec> r, std::optional<request_id> c) {
          start_batch(core, std::move(r), c, std::move(done));
        }),
        token, std::move(requests), correlation);
  }

  /// Publishes a general payload. Signature: void(error_code); completes when it is written to the
  /// connection, or with QoS 1 when the broker has acknowledged it.
  /// @param retain  the broker stores it for later subscribers
  /// @par Errors  errc::not_connected, errc::connection_lost, errc::denied, errc::queue_full,
  ///   errc::too_large, errc::invalid_topic, errc::timed_out (the client's timeout), errc::closed
  template <boost::asio::completion_token_for<void(error_code)> Token = default_token>
  auto async_publish(general_topic to, json_text body, bool retain, Token&& token = Token()) {
    return boost::asio::async_initiate<Token, void(error_code)>(
        initiate([core = core()](auto done, general_topic t, json_text b, bool r) {
          start_publish(core, std::move(t), std::move(b), r, std::move(done));
        }),
        token, std::move(to), std::move(body), retain);
  }

  /// Calls the handler for every general payload that matches the filter, from now on and across reconnects.
  /// Signature: void(error_code, subscription_id); completes when the broker has confirmed the subscription,
  /// or at once before `async_connect`. After an error there is no subscription. If several subscriptions
  /// have the same filter, only the first receives the retained messages. A message that matches several
  /// filters is passed to each handler once.
  /// @par Errors  errc::denied, errc::timed_out (the client's timeout), errc::closed
  template <boost::asio::completion_token_for<void(error_code, subscription_id)> Token = default_token>
  auto async_subscribe(general_filter which, general_handler handler, Token&& token = Token()) {
    return boost::asio::async_initiate<Token, void(error_code, subscription_id)>(
        initiate([core = core()](auto done, general_filter f, general_handler h) {
          start_subscribe(core, std::move(f), std::move(h), std::move(done));
        }),
        token, std::move(which), std::move(handler));
  }
  /// Subscribes without a handler: the messages wait for `async_receive`, up to the limits
  /// `client_options::max_events` and `max_event_bytes`; beyond them, the oldest are dropped.
  template <boost::asio::completion_token_for<void(error_code, subscription_id)> Token = default_token>
  auto async_subscribe(general_filter which, Token&& token = Token()) {
    return async_subscribe(std::move(which), general_handler(), std::forward<Token>(token));
  }

  /// Completes with the next message of a subscription without a handler. Signature:
  /// void(error_code, general_message). Its `lost` is the number of messages before it that were dropped
  /// because they were not received in time. Several operations may wait: each gets one message, in the order
  /// in which they began. After an error the message has no meaning. Messages that wait to be received
  /// survive a cancellation and `async_disconnect`.
  /// @par Errors  errc::closed: the subscription has ended, or has a handler; the client was destroyed, or
  ///   disconnected and nothing is stored; before the first `async_connect` the operation waits
  template <boost::asio::completion_token_for<void(error_code, general_message)> Token = default_token>
  auto async_receive(subscription_id from, Token&& token = Token()) {
    return boost::asio::async_initiate<Token, void(error_code, general_message)>(
        initiate(
            [core = core()](auto done, subscription_id id) { start_receive(core, id, std::move(done)); }),
        token, from);
  }

  /// Sends what is still queued, for at most half a second, and disconnects. Signature: void(error_code).
  /// Everything pending completes with errc::closed, except `async_run`, which completes without an error.
  /// `async_connect` and `async_run` connect again.
  /// @par Errors  errc::closed
  template <boost::asio::completion_token_for<void(error_code)> Token = default_token>
  auto async_disconnect(Token&& token = Token()) {
    return boost::asio::async_initiate<Token, void(error_code)>(
        initiate([core = core()](auto done) { start_disconnect(core, std::move(done)); }), token);
  }

 private:
  template <class Start>
  detail::initiation<Executor, Start> initiate(Start start) const {
    return {executor_, std::move(start)};
  }

  executor_type executor_;
};

/// The client for executors of any type.
using client = basic_client<>;

}  // namespace mqcoap
