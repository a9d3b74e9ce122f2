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

/// An MQTT connection on a raw socket, on either side: as a client of a real broker, or as the broker of the
/// one program that connects to it. It costs much less than what it measures: packets are read and written in
/// place, with one system call for all those that arrive or leave together.
/// @par Errors  Throws std::runtime_error if the peer closes the connection, violates the
/// protocol or refuses.
/// @par Threads  Used by one thread.
class mqtt_peer {
 public:
  /// Called for each message, whose text is valid only during the call.
  using message_handler = std::function<void(const publish_packet&)>;

  mqtt_peer() = default;
  ~mqtt_peer();
  mqtt_peer(const mqtt_peer&) = delete;
  mqtt_peer& operator=(const mqtt_peer&) = delete;

  /// Connects to a broker on this machine and subscribes; returns when both are acknowledged.
  void connect(std::uint16_t port, std::string_view client_id, const std::string& filter, int qos);

  /// Listens on the loopback address, on a port that the kernel chooses, and returns the port.
  std::uint16_t listen();
  /// Waits until a program has connected and subscribed to filters that match each of the topics.
  void accept(const std::vector<std::string>& topics, std::int64_t deadline_ns);

  void on_message(message_handler handler) { handler_ = std::move(handler); }

  /// Adds a message to the send buffer, which is sent at the end of wait(). At QoS 1, the message is held
  /// while the peer has as many unacknowledged messages as it accepts.
  void publish(int qos, pieces topic, pieces payload);

  /// Sends pending data and handles received data once; waits for data at most until this time.
  void wait(std::int64_t until_ns);

  /// Returns the descriptor, to wait for several connections; wait() does all the reading and writing.
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
  bool connected_ = false;            ///< CONNECT or CONNACK was received
  bool subscribed_ = false;           ///< as a client: SUBACK was received
  std::vector<std::string> filters_;  ///< as a broker: the filters that the program subscribed to
  std::uint16_t receive_maximum_ = 65535;
  std::uint16_t packet_id_ = 0;
  std::size_t unacknowledged_ = 0;
  std::deque<std::string> held_;  ///< QoS 1 packets that exceed the receive maximum
};

}  // namespace bench
