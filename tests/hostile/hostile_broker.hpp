#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/mqtt_packet.hpp"
#include "broker_packets.hpp"

namespace mqcoap::test {

/// A broker that is controlled packet by packet: polite, like any broker; by hand, sending only what the test
/// sends; or playing a record. It routes nothing: the test receives what its client publishes.
/// @par Threads  A single thread, that of the loop.
class hostile_broker {
 public:
  enum class manner : std::uint8_t { polite, by_hand, playing };
  /// A packet that the client sent.
  struct heard_packet {
    bench::packet_type type;
    std::uint8_t flags;
    std::string body;
  };
  /// Bytes of a record that are sent together.
  struct played {
    std::size_t after;  ///< number of packets that are received from the client before
    std::string bytes;
    bool in_pieces = false;  ///< sent byte by byte
  };
  enum class ending : std::uint8_t { close, reset };

  explicit hostile_broker(boost::asio::io_context& loop);
  ~hostile_broker();
  hostile_broker(const hostile_broker&) = delete;
  hostile_broker& operator=(const hostile_broker&) = delete;

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  /// Called for every message of the client.
  std::function<void(const bench::publish_packet&)> on_message;
  /// Simulates the devices behind the broker: called for the messages of the client while the
  /// broker is polite.
  std::function<void(const bench::publish_packet&)> device;
  /// Called for everything that is sent.
  std::function<void(const played&)> on_sent;

  /// Packets that were not taken are answered when it becomes polite.
  void behave(manner how);
  /// Plays a record, beginning with the next connection.
  void play(std::vector<played> record);
  /// Sends the next part of the record, whatever was received. Returns false if there is none left.
  bool play_on();
  /// Ends the next connection, and no other, when this many bytes were sent on it.
  void end_after(std::size_t bytes, ending how);

  /// Returns the number of connections so far.
  int connections() const noexcept { return connections_; }

  /// @name The newest connection
  /// @{
  bool is_open() const noexcept;
  /// Returns the number of bytes that were sent on it.
  std::size_t sent() const noexcept { return sent_; }
  broker_packets packets() const noexcept { return broker_packets(v5_); }
  bool v5() const noexcept { return v5_; }
  /// Returns the next packet of this type that was not taken yet; null if it has not arrived.
  const heard_packet* take(bench::packet_type type);
  /// Marks all received packets as taken.
  void take_all() noexcept { next_ = heard_.size(); }
  void send(std::string_view bytes);
  void deliver(std::string_view topic, std::string_view payload) { send(packets().publish(topic, payload)); }
  void end(ending how);
  /// @}

 private:
  struct peer;
  void accept();
  void welcome(boost::asio::ip::tcp::socket socket);
  void read(const std::shared_ptr<peer>& p);
  void take_packets(peer& p);
  void hear(const bench::packet& p);
  bench::mqtt_version version() const noexcept {
    return v5_ ? bench::mqtt_version::v5 : bench::mqtt_version::v311;
  }
  void answer(const heard_packet& p);
  void answer_publish(const heard_packet& p);

  boost::asio::ip::tcp::acceptor acceptor_;
  manner manner_ = manner::polite;
  int connections_ = 0;
  std::shared_ptr<peer> peer_;  ///< the newest connection
  bool v5_ = false;
  std::vector<heard_packet> heard_;
  std::size_t next_ = 0;  ///< index of the first received packet that was not taken or answered
  std::size_t sent_ = 0;
  std::size_t most_ = unlimited;
  std::size_t next_most_ = unlimited;
  ending at_most_ = ending::close;
  std::vector<played> record_;
  std::size_t played_ = 0;

  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
};

}  // namespace mqcoap::test
