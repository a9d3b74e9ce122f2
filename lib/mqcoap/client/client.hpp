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
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/general_topic.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/protocol/response.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace mqcoap {

namespace detail {

/// Has an executor from which an `Executor` can be made.
template <class Context, class Executor>
concept execution_context_of = std::convertible_to<Context&, boost::asio::execution_context&> &&
    std::constructible_from<Executor, typename Context::executor_type>;

}  // namespace detail

/// Speaks with devices, and may be one: sends requests and completes each with its answer, publishes and
/// receives events, answers requests to its own tag. One connection, which is made again whenever it is lost.
///
/// Completes every operation exactly once, through its completion token: callbacks, futures, coroutines. The
/// token comes last; without one, the executor's default counts, as of
/// `boost::asio::use_awaitable_t<>::as_default_on_t<client>`. Needs no locking around it.
///
/// @par Threads  Every function may be called from any thread. Handlers given here run one at a time on
///   `get_handler_executor()`; completion handlers run on their own executor, else on that one; never inside
///   the call. While a handler runs on one of the client's threads, the client stands still: it must not
///   block.
/// @par Cancellation  All operations support terminal, partial and total cancellation, and complete with
///   boost::asio::error::operation_aborted. A request that was sent may still be run by the device.
template <class Executor = boost::asio::any_io_executor>
class basic_client : public client_base {
 public:
  /// Whatever converts to `boost::asio::any_io_executor`.
  using executor_type = Executor;
  /// The token of operations that are given none: the executor's default one; void: it has none.
  using default_token = boost::asio::default_completion_token_t<executor_type>;
  /// The same client for another type of executor.
  template <class Other>
  struct rebind_executor {
    using other = basic_client<Other>;
  };

  /// @param on  an io_context's, a thread pool's; the client serialises what it does there
  /// @param in  a `testing::broker`, in tests; null: real brokers and the machine's clocks
  explicit basic_client(const executor_type& on, client_options options = {},
                        std::shared_ptr<client_environment> in = {})
      : client_base(on, std::move(options), std::move(in)), executor_(on) {}
  /// The same, on the executor of an io_context, a thread pool or the like.
  template <detail::execution_context_of<Executor> Context>
  explicit basic_client(Context& on, client_options options = {}, std::shared_ptr<client_environment> in = {})
      : basic_client(executor_type(on.get_executor()), std::move(options), std::move(in)) {}
  /// Takes over a client of another type of executor, with all that is under way.
  template <class Other>
  requires(!std::same_as<Other, Executor> && std::convertible_to<Other, Executor>)
      basic_client(basic_client<Other>&& other)
      : client_base(std::move(other)), executor_(other.get_executor()) {}
  basic_client(basic_client&&) noexcept = default;
  basic_client& operator=(basic_client&&) noexcept = default;
  /// Everything pending completes with errc::closed; sends no DISCONNECT (the broker publishes the last
  /// will). With several threads, a handler that runs at this moment runs to its end.
  ~basic_client() = default;

  /// The executor that the client was made with.
  executor_type get_executor() const noexcept { return executor_; }

  /// Connects, and from then on reconnects until `async_disconnect`. Signature: void(error_code). Completes
  /// when the connection is there and the requests to our own tag are subscribed to, or at the first failure.
  /// Tries go on after a failure: call it again to wait for the next outcome. Cancelled, it only waits no
  /// longer.
  /// @par Errors  a `connect_errc`, which says why there is no connection; errc::denied (the broker's access
  ///   rules keep the requests to our own tag from us), errc::closed, errc::timed_out (the client's timeout:
  ///   an outage goes on, or the broker does not confirm the subscription)
  template <boost::asio::completion_token_for<void(error_code)> Token = default_token>
  auto async_connect(Token&& token = Token()) {
    return boost::asio::async_initiate<Token, void(error_code)>(
        initiate([core = core()](auto done) { start_connect(core, std::move(done)); }), token);
  }

  /// Connects, stays connected, and completes when it has ended for good. Signature: void(error_code). Where
  /// `async_connect` tells the first outcome, this one owns the connection: it ends with the connection, and
  /// the connection with it. It begins to connect if nobody has, and takes over a connection that is there.
  /// Requests that say `when_disconnected::wait`, or an `async_connect` beside it, wait for the connection.
  ///
  /// Completes without an error after `async_disconnect`, when the client has disconnected. Cancelled, it
  /// disconnects in the same way first.
  /// @par Errors  a `connect_errc`, if the broker, or TLS, does not let us in and no further try would change
  ///   that (`is_lasting`), and errc::denied, if its access rules keep the requests to our own tag from us;
  ///   both only as `client_options::if_refused` says. boost::asio::error::operation_aborted, errc::closed
  ///   (the client is gone), boost::asio::error::already_started (another `async_run` is under way)
  template <boost::asio::completion_token_for<void(error_code)> Token = default_token>
  auto async_run(Token&& token = Token()) {
    return boost::asio::async_initiate<Token, void(error_code)>(
        initiate([core = core()](auto done) { start_run(core, std::move(done)); }), token);
  }

  /// Sends a request and completes with its answer. Signature: void(error_code, response). A 4xx or 5xx
  /// answer completes with that response_code as the error, and the answer beside it. Without an answer the
  /// response is made up here: 504 or 503, with words that say what failed, and `never_run` if the request
  /// was not sent.
  /// @par Errors  errc::timed_out, errc::not_connected (not sent), errc::connection_lost (sent; what
  ///   became of it is unknown), errc::denied (the broker does not let us ask, or does not let us have the
  ///   answers), errc::too_many_pending, errc::queue_full, errc::too_large, errc::unusable_answer,
  ///   errc::handler_failed, errc::invalid_duration, errc::invalid_id (it is under way), errc::closed
  template <boost::asio::completion_token_for<void(error_code, response)> Token = default_token>
  auto async_request(request_spec what, Token&& token = Token()) {
    return boost::asio::async_initiate<Token, void(error_code, response)>(
        initiate([core = core()](auto done, request_spec w) {
          start_request(core, std::move(w), std::move(done));
        }),
        token, std::move(what));
  }

  /// Sends several requests at once under one fresh correlation id and completes when the last has ended,
  /// with one outcome for each, in their order. Signature: void(error_code, std::vector<outcome>); the error
  /// is that of a cancellation, else none.
  template <boost::asio::completion_token_for<void(error_code, std::vector<outcome>)> Token = default_token>
  auto async_batch(std::vector<request_spec> requests, Token&& token = Token()) {
    return async_batch(std::move(requests), std::optional<request_id>(), std::forward<Token>(token));
  }
  /// The same under a correlation id of the caller's. @param correlation  none: a fresh one
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
  /// connection, with QoS 1 when the broker has it.
  /// @param retain  the broker keeps it for later subscribers
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

  /// Hands over every general payload that the filter takes, from now on and over reconnects. Signature:
  /// void(error_code, subscription_id); completes when the broker has confirmed it, before `async_connect` at
  /// once. With an error it is not in force. Of subscriptions with the same filter, the first gets what is
  /// retained. A message that several filters take is handed to each handler once.
  /// @par Errors  errc::denied, errc::timed_out (the client's timeout), errc::closed
  template <boost::asio::completion_token_for<void(error_code, subscription_id)> Token = default_token>
  auto async_subscribe(general_filter which, general_handler handler, Token&& token = Token()) {
    return boost::asio::async_initiate<Token, void(error_code, subscription_id)>(
        initiate([core = core()](auto done, general_filter f, general_handler h) {
          start_subscribe(core, std::move(f), std::move(h), std::move(done));
        }),
        token, std::move(which), std::move(handler));
  }
  /// The same without a handler: the messages wait for `async_receive`, as many as
  /// `client_options::max_events` and `max_event_bytes` say; then the oldest go.
  template <boost::asio::completion_token_for<void(error_code, subscription_id)> Token = default_token>
  auto async_subscribe(general_filter which, Token&& token = Token()) {
    return async_subscribe(std::move(which), general_handler(), std::forward<Token>(token));
  }

  /// Completes with the next message of a subscription without a handler. Signature:
  /// void(error_code, general_message). Its `lost` tells how many before it were not received in time.
  /// Several may wait: each gets one message, in the order in which they began. With an error the message
  /// says nothing. What waits to be received stays over a cancellation and over `async_disconnect`.
  /// @par Errors  errc::closed: the subscription has ended, or is none without a handler; the client was
  ///   disconnected, or is gone
  template <boost::asio::completion_token_for<void(error_code, general_message)> Token = default_token>
  auto async_receive(subscription_id from, Token&& token = Token()) {
    return boost::asio::async_initiate<Token, void(error_code, general_message)>(
        initiate(
            [core = core()](auto done, subscription_id id) { start_receive(core, id, std::move(done)); }),
        token, from);
  }

  /// Sends what is still to be sent, for at most half a second, and disconnects. Signature: void(error_code).
  /// Everything pending completes with errc::closed, but `async_run`, which has come to its end.
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
