#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/client/client_environment.hpp>
#include <mqcoap/client/client_options.hpp>
#include <mqcoap/client/handler_chain.hpp>
#include <mqcoap/client/request_spec.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/general.hpp>
#include <mqcoap/protocol/general_topic.hpp>
#include <mqcoap/protocol/response.hpp>
#include <mqcoap/transport/outage_cause.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap {

class client_core;

/// A general payload as it arrived.
struct general_message {
  general_topic topic;
  general payload;
  bool retained = false;   ///< it was published before the client subscribed
  std::uint64_t lost = 0;  ///< from `async_receive`: messages before this one that were dropped
};

/// Identifies a subscription, to receive its messages and to cancel it.
enum class subscription_id : std::uint64_t {};

/// The counts of a client since its construction.
struct client_stats {
  std::uint64_t requests = 0;    ///< sent
  std::uint64_t answers = 0;     ///< that completed a request
  std::uint64_t late = 0;        ///< answers that arrived after the deadline or after a cancellation
  std::uint64_t duplicates = 0;  ///< further answers to one request
  std::uint64_t mismatched = 0;  ///< answers with a known id, but from another device or path
  std::uint64_t foreign = 0;     ///< answers to requests of other clients
  std::uint64_t served = 0;      ///< requests to the client's own tag
  std::uint64_t ignored = 0;     ///< retained requests and answers; requests to other tags; invalid messages
  std::uint64_t connects = 0;    ///< connections established
  std::size_t pending = 0;       ///< requests waiting for their answer now
};

/// The base of the clients of all executor types: everything except the asynchronous operations.
/// @par Threads  Every function may be called from any thread.
class client_base {
 public:
  using general_handler = std::function<void(const general_message&)>;

  client_base(const client_base&) = delete;
  client_base& operator=(const client_base&) = delete;

  /// The executor on which handlers run, one at a time: a strand over the executor that the client was
  /// created with.
  boost::asio::any_io_executor get_handler_executor() const noexcept;
  /// The MQTT client id, under which the broker knows the connection: that of `client_options::broker`, else
  /// the client's tag, else `mqcoap-` and 16 random hexadecimal digits. It never changes during
  /// the client's lifetime.
  const std::string& client_id() const noexcept;
  /// Returns true while the client is connected to the broker.
  bool connected() const noexcept;
  /// Returns why there is no connection; the cause is empty while there is one, or before the first attempt.
  /// Its `code()` is the error code.
  outage_cause outage() const;
  /// The cause of the outage as text for people; empty without an outage.
  std::string outage_message() const;
  /// The size in bytes of the largest packet that the broker accepts: the smallest of the limits that it
  /// stated on the last connection, that the options set, and that was observed before; 0 if there is none.
  std::size_t largest_packet() const noexcept;
  /// Returns the counts.
  client_stats stats() const;

  /// Cancels a subscription. If this is called on the client's `get_handler_executor()`, its handler is never
  /// called again; otherwise it may still be called for a short time. Operations that wait to receive from it
  /// complete with errc::closed.
  void unsubscribe(subscription_id which);

  /// Adds a handler for requests to the client's own tag, after the existing ones. Requests that no handler
  /// answers get 404.
  /// @par Errors  Throws std::invalid_argument if its `process` is empty; so does the next function.
  handler_id add_handler(request_handler h);
  /// Adds a handler for answers, which sees them before the caller of `async_request` does.
  handler_id add_handler(response_handler h);
  /// Removes a handler, and does not wait if it is running on another thread. Returns false if it does not
  /// exist, or no longer exists.
  bool remove_handler(handler_id which);

 protected:
  template <class... Results>
  using completion = boost::asio::any_completion_handler<void(Results...)>;
  using core_ptr = std::shared_ptr<client_core>;

  /// @param in  null: real brokers and the system clocks
  client_base(boost::asio::any_io_executor on, client_options options,
              std::shared_ptr<client_environment> in);
  client_base(client_base&&) noexcept = default;
  /// Closes the client that is replaced, as the destructor does.
  client_base& operator=(client_base&& other) noexcept;
  ~client_base();

  static void start_connect(const core_ptr& core, completion<error_code> done);
  static void start_run(const core_ptr& core, completion<error_code> done);
  static void start_request(const core_ptr& core, request_spec what, completion<error_code, response> done);
  static void start_batch(const core_ptr& core, std::vector<request_spec> requests,
                          std::optional<request_id> correlation,
                          completion<error_code, std::vector<outcome>> done);
  static void start_publish(const core_ptr& core, general_topic to, json_text body, bool retain,
                            completion<error_code> done);
  static void start_subscribe(const core_ptr& core, general_filter which, general_handler on_message,
                              completion<error_code, subscription_id> done);
  static void start_receive(const core_ptr& core, subscription_id from,
                            completion<error_code, general_message> done);
  static void start_disconnect(const core_ptr& core, completion<error_code> done);

  const core_ptr& core() const noexcept { return core_; }

 private:
  void leave() noexcept;

  core_ptr core_;
};

}  // namespace mqcoap
