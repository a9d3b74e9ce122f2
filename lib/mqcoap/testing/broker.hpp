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

/// A broker in memory and a clock that is moved by hand: clients made with it speak with each other without a
/// network, and their timeouts pass when the test says so. Give it to a client as the third argument of its
/// constructor. Not for `sync_client`, whose calls block.
///
/// Delivers in order, without loss, and connects at once. Keeps retained messages and publishes last wills.
/// Of `client_options::broker` it uses `client_id` and `will`. Its clients may be destroyed after it.
/// @par Threads  One: the one that runs the loop, on which all of its clients are.
class broker {
 public:
  explicit broker(boost::asio::io_context& loop);
  ~broker();
  broker(const broker&) = delete;
  broker& operator=(const broker&) = delete;

  /// For the constructor of a client.
  operator std::shared_ptr<client_environment>() const;

  /// Runs the loop until nothing is left to do before time passes.
  void settle();
  /// Lets time pass for the clients: what falls due in between happens in its order. Settles before and
  /// after.
  void advance(std::chrono::milliseconds by);
  /// The time of the clients. Stands until `advance`.
  const clock& time() const noexcept;

  // The functions from here to `drop` take effect at the next turn of the loop.

  /// Takes the broker away: connections are lost (`connect_errc::closed`), further tries fail
  /// (`connect_errc::connection_refused`).
  void go_down();
  /// Further tries to connect fail for this reason. Those who are connected stay.
  void refuse(connect_errc why);
  /// Takes connections again, after `go_down` or `refuse`. Clients that still try connect at the next
  /// `settle`.
  void come_up();
  /// Breaks the connection with this client id, which is made again at the next `settle`. The others get its
  /// last will.
  void drop(const std::string& client_id);

  /// Refuses subscriptions to filters with this prefix from now on, as by access rules (errc::denied).
  void deny_subscribing(std::string filter_prefix);
  /// Leaves subscriptions to filters with this prefix unanswered from now on.
  void ignore_subscribing(std::string filter_prefix);
  /// Refuses messages on topics with this prefix from now on (errc::denied).
  void deny_publishing(std::string topic_prefix);
  /// Ends all that was denied and ignored.
  void allow_all();
  /// Refuses larger payloads from now on (errc::too_large).
  void limit_payload(std::size_t bytes);

  /// Publishes a message as another client would.
  void publish(std::string topic, std::string payload, bool retain = false);
  /// Sets a function that is called with every message when a client publishes it. Replaces the one before.
  void watch(std::function<void(const published_message&)> watcher);

 private:
  class world;
  const std::shared_ptr<world> world_;
};

}  // namespace mqcoap::testing
