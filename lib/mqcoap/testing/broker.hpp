#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/client/client_environment.hpp>
#include <mqcoap/transport/connect_errc.hpp>
#include <string>

namespace mqcoap::testing {

/// A message that a client has published.
struct published_message {
  std::string client_id;  ///< of the client
  std::string topic;
  std::string payload;
  bool retain = false;
};

/// A broker in memory and a manual clock: clients created with it communicate without a network, and their
/// timeouts expire when the test moves the clock. Pass it to a client as the third argument of its
/// constructor. Not for `sync_client`, whose calls block.
///
/// Delivers in order, without loss, and connects at once. Stores retained messages and publishes last wills.
/// Of `client_options::broker` it uses `client_id` and `will`. Its clients may outlive it.
/// @par Threads  A single one: the one that runs the loop, which all of its clients use.
class broker {
 public:
  explicit broker(boost::asio::io_context& loop);
  ~broker();
  broker(const broker&) = delete;
  broker& operator=(const broker&) = delete;

  /// Returns the argument for the constructor of a client.
  operator std::shared_ptr<client_environment>() const;

  /// Runs the loop until there is nothing left to do without time passing.
  void settle();
  /// Lets time pass for the clients: alarms and timeouts within this period occur in order. Settles before
  /// and after.
  void advance(std::chrono::milliseconds by);
  /// Returns the clock of the clients. It stands still until `advance`.
  const clock& time() const noexcept;

  // The functions from here to `drop` take effect in the next iteration of the loop.

  /// Stops the broker: connections are lost (`connect_errc::closed`), and further
  /// attempts fail (`connect_errc::connection_refused`).
  void go_down();
  /// Makes further connection attempts fail for this reason. Established connections stay.
  void refuse(connect_errc why);
  /// Accepts connections again, after `go_down` or `refuse`. Clients that are still trying connect at the
  /// next `settle`.
  void come_up();
  /// Breaks the connection with this client id, which is re-established at the next `settle`. The other
  /// clients receive its last will.
  void drop(const std::string& client_id);

  /// Rejects subscriptions to filters with this prefix from now on, as access rules do (errc::denied).
  void deny_subscribing(std::string filter_prefix);
  /// Leaves subscriptions to filters with this prefix unanswered from now on.
  void ignore_subscribing(std::string filter_prefix);
  /// Rejects messages on topics with this prefix from now on (errc::denied).
  void deny_publishing(std::string topic_prefix);
  /// Allows again everything that was denied or ignored.
  void allow_all();
  /// Rejects larger payloads from now on (errc::too_large).
  void limit_payload(std::size_t bytes);

  /// Publishes a message as another client would.
  void publish(std::string topic, std::string payload, bool retain = false);
  /// Sets a function that is called with every message when a client publishes it. Replaces the previous one.
  void watch(std::function<void(const published_message&)> watcher);

 private:
  class world;
  const std::shared_ptr<world> world_;
};

}  // namespace mqcoap::testing
