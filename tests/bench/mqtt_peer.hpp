#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "byte_buffer.hpp"
#include "mqtt_packet.hpp"

namespace bench {

/// One MQTT connection on a raw socket, on either side of it: as a client of a real broker, or as the broker
/// of one program that connects here. Much cheaper than what it measures: packets are read where they were
/// received and written where they are sent from, with one system call for all that came or go together.
/// @par Errors  std::runtime_error when the other side closes, breaks the protocol or refuses.
/// @par Threads  Used by one thread.
class mqtt_peer {
 public:
  /// Called for a message; its text is valid within the call.
  using message_handler = std::function<void(const publish_packet&)>;

  mqtt_peer() = default;
  ~mqtt_peer();
  mqtt_peer(const mqtt_peer&) = delete;
  mqtt_peer& operator=(const mqtt_peer&) = delete;

  /// Connects to a broker on this machine and subscribes; returns when both are acknowledged.
  void connect(std::uint16_t port, std::string_view client_id, const std::string& filter, int qos);

  /// Begins to listen on the loopback address, on a port that the kernel chooses, and returns it.
  std::uint16_t listen();
  /// Waits for the one program to connect and to subscribe to something that takes each of the topics.
  void accept(const std::vector<std::string>& topics, std::int64_t deadline_ns);

  void on_message(message_handler handler) { handler_ = std::move(handler); }

  /// Puts a message into the send buffer; it goes out at the end of wait(), together with others. At QoS 1 it
  /// waits while the other side has as many unacknowledged ones as it takes.
  void publish(int qos, pieces topic, pieces payload);

  /// Sends what is to be sent and handles what comes, once, waiting until then or until the time has come.
  void wait(std::int64_t until_ns);

  /// For waiting on more than this connection; wait() does all the reading and writing.
  int native_handle() const noexcept { return fd_; }

  mqtt_version version() const noexcept { return version_; }
  std::uint16_t receive_maximum() const noexcept { return receive_maximum_; }

 private:
  enum class role : std::uint8_t { client, broker };

  void open(int fd, role which);
  void flush();
  bool receive();
  void dispatch();
  void handle(const packet& p);
  void handle_as_broker(const packet& p);
  void handle_as_client(const packet& p);
  void handle_publish(const packet& p);
  void handle_puback();
  std::uint16_t next_packet_id() noexcept;

  int fd_ = -1;
  int listener_ = -1;
  role role_ = role::client;
  mqtt_version version_ = mqtt_version::v311;
  message_handler handler_;
  byte_buffer in_;
  byte_buffer out_;
  bool connected_ = false;            ///< CONNECT or CONNACK has come
  bool subscribed_ = false;           ///< client: SUBACK has come
  std::vector<std::string> filters_;  ///< broker: what the program subscribed to
  std::uint16_t receive_maximum_ = 65535;
  std::uint16_t packet_id_ = 0;
  std::size_t unacknowledged_ = 0;
  std::deque<std::string> held_;  ///< QoS 1 packets above the receive maximum
};

}  // namespace bench
