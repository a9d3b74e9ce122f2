#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/client/client_options.hpp>
#include <mqcoap/client/handler_chain.hpp>
#include <mqcoap/client/request_spec.hpp>
#include <mqcoap/client/working_handler.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/general.hpp>
#include <mqcoap/protocol/general_topic.hpp>
#include <mqcoap/protocol/response.hpp>
#include <mqcoap/transport/outage_cause.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap {

class client_core;

/// A general payload as it arrived.
struct general_message {
  general_topic topic;
  general payload;
  bool retained = false;  ///< it was sent before we subscribed
};

/// Names a subscription, for ending it.
enum class subscription_id : std::uint64_t {};

/// What a client has counted since it was made.
struct client_stats {
  std::uint64_t requests = 0;    ///< sent
  std::uint64_t answers = 0;     ///< that completed a request
  std::uint64_t late = 0;        ///< answers after the deadline, or after a cancellation
  std::uint64_t duplicates = 0;  ///< further answers to one request
  std::uint64_t mismatched = 0;  ///< answers with a known id, but from another device or path
  std::uint64_t foreign = 0;     ///< answers to somebody else's requests
  std::uint64_t served = 0;      ///< requests to our own tag
  std::uint64_t ignored = 0;     ///< requests that were retained, and what was under no topic of ours
  std::uint64_t connects = 0;    ///< connections made
  std::size_t pending = 0;       ///< requests waiting for their answer now
};

/// Speaks with devices, and may be one: sends requests and completes each with its answer, publishes and
/// receives events, answers requests to its own tag. One connection, which is made again whenever it is lost.
///
/// Completes every operation exactly once, through its completion token: callbacks, futures, coroutines.
/// Needs no locking around it.
///
/// @par Threads  Every function may be called from any thread. Handlers given here run one at a time on the
///   client's executor; completion handlers run on their own executor, else on the client's; never inside the
///   call. While a handler runs on one of the client's threads, the client stands still: it must not block.
/// @par Cancellation  All operations support terminal, partial and total cancellation, and complete with
///   boost::asio::error::operation_aborted. A request that was sent may still be run by the device.
class client {
 public:
  using executor_type = boost::asio::any_io_executor;

  /// @param executor  any: an io_context's, a thread pool's; the client serialises what it does there
  explicit client(executor_type executor, client_options options = {});
  /// Everything pending completes with errc::closed; says no goodbye (the broker sends the last will). With
  /// several threads, a handler that runs at this moment runs to its end.
  ~client();
  client(client&&) noexcept = default;
  client& operator=(client&&) = delete;

  /// The executor that handlers run on, one at a time.
  executor_type get_executor() const noexcept;
  /// The MQTT client id in force.
  const std::string& client_id() const noexcept;
  bool connected() const noexcept;
  /// Why there is no connection; none while there is one, or before the first try.
  outage_cause outage() const;
  /// The same in words, for people; empty without an outage.
  std::string outage_words() const;
  /// Bytes of the largest packet that the broker takes, as it said when it was connected last, or as the
  /// options say; 0: nobody says.
  std::size_t largest_packet() const noexcept;
  client_stats stats() const;

  /// Connects, and from then on reconnects until `disconnect`. Signature: void(error_code). Completes when
  /// the connection is there and the requests to our own tag are subscribed to, or at the first failure;
  /// `outage` says why. Tries go on after a failure: call it again to wait for the next outcome.
  /// @par Errors  errc::not_connected, errc::denied (the broker's access rules), errc::closed,
  /// errc::timed_out
  ///   (the client's timeout: an outage goes on, or the broker does not confirm the subscription)
  template <class Token>
  auto async_connect(Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code)>(
        [core = core_](auto handler) { start_connect(core, detail::working_handler(std::move(handler))); },
        token);
  }

  /// Sends a request and completes with its answer. Signature: void(error_code, response). A 4xx or 5xx
  /// answer completes with that response_code as the error, and the answer beside it. Without an answer the
  /// response is made up here: 504 or 503, with words that say what failed, and `never_run` if the request
  /// was not sent.
  /// @par Errors  errc::timed_out, errc::not_connected (not sent), errc::connection_lost (sent; what
  ///   became of it is unknown), errc::denied (the broker does not let us ask, or does not let us have the
  ///   answers), errc::too_many_pending, errc::queue_full, errc::too_large, errc::unusable_answer,
  ///   errc::handler_failed, errc::invalid_duration, errc::invalid_id (it is under way), errc::closed
  template <class Token>
  auto async_request(request_spec what, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, response)>(
        [core = core_](auto handler, request_spec w) {
          start_request(core, std::move(w), detail::working_handler(std::move(handler)));
        },
        token, std::move(what));
  }

  /// Sends several requests at once under one correlation id and completes when the last has ended, with one
  /// outcome for each, in their order. Signature: void(error_code, std::vector<outcome>); the error is that
  /// of a cancellation, else none.
  /// @param correlation  none: a fresh one
  template <class Token>
  auto async_batch(std::vector<request_spec> requests, Token&& token,
                   std::optional<request_id> correlation = {}) {
    return boost::asio::async_initiate<Token, void(error_code, std::vector<outcome>)>(
        [core = core_](auto handler, std::vector<request_spec> r, std::optional<request_id> c) {
          start_batch(core, std::move(r), c, detail::working_handler(std::move(handler)));
        },
        token, std::move(requests), correlation);
  }

  /// Publishes a general payload. Signature: void(error_code); completes when it is written to the
  /// connection, with QoS 1 when the broker has it.
  /// @param retain  the broker keeps it for later subscribers
  /// @par Errors  errc::not_connected, errc::connection_lost, errc::denied, errc::queue_full,
  /// errc::too_large,
  ///   errc::invalid_topic, errc::timed_out (the client's timeout)
  template <class Token>
  auto async_publish(general_topic to, json_text body, bool retain, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code)>(
        [core = core_](auto handler, general_topic t, json_text b, bool r) {
          start_publish(core, std::move(t), std::move(b), r, detail::working_handler(std::move(handler)));
        },
        token, std::move(to), std::move(body), retain);
  }

  using general_handler = std::function<void(const general_message&)>;

  /// Hands over every general payload that the filter takes, from now on and over reconnects. Signature:
  /// void(error_code, subscription_id); completes when the broker has confirmed it, before `async_connect` at
  /// once. With an error it is not in force. Of subscriptions with the same filter, the first gets what is
  /// retained. A message that several filters take is handed to each handler once.
  /// @par Errors  errc::denied, errc::timed_out (the client's timeout), errc::closed
  template <class Token>
  auto async_subscribe(general_filter which, general_handler handler, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, subscription_id)>(
        [core = core_](auto done, general_filter f, general_handler h) {
          start_subscribe(core, std::move(f), std::move(h), detail::working_handler(std::move(done)));
        },
        token, std::move(which), std::move(handler));
  }
  /// Its handler is not called any more, if this is called on the client's executor; else soon.
  void unsubscribe(subscription_id which);

  /// Handlers for requests to our own tag. Requests that none answers get 404.
  handler_id add_handler(request_handler h);
  /// Handlers for answers, before the caller of `async_request` sees them.
  handler_id add_handler(response_handler h);
  /// False if there is no such handler (any more).
  bool remove_handler(handler_id which);

  /// Sends what is still to be sent, for at most half a second, and disconnects. Signature: void(error_code).
  /// Everything pending completes with errc::closed. `async_connect` connects again.
  template <class Token>
  auto async_disconnect(Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code)>(
        [core = core_](auto handler) { start_disconnect(core, detail::working_handler(std::move(handler))); },
        token);
  }

 private:
  friend class sync_client;
  template <class... Results>
  using completion = boost::asio::any_completion_handler<void(Results...)>;
  using core_ptr = std::shared_ptr<client_core>;

  static void start_connect(const core_ptr& core, completion<error_code> done);
  static void start_request(const core_ptr& core, request_spec what, completion<error_code, response> done);
  static void start_batch(const core_ptr& core, std::vector<request_spec> requests,
                          std::optional<request_id> correlation,
                          completion<error_code, std::vector<outcome>> done);
  static void start_publish(const core_ptr& core, general_topic to, json_text body, bool retain,
                            completion<error_code> done);
  static void start_subscribe(const core_ptr& core, general_filter which, general_handler on_message,
                              completion<error_code, subscription_id> done);
  static void start_disconnect(const core_ptr& core, completion<error_code> done);

  core_ptr core_;
};

}  // namespace mqcoap
