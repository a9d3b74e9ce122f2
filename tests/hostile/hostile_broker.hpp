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

/// A broker that is told what to do, packet by packet: polite, as any broker; by hand, when it sends what the
/// test says and nothing else; or playing a record. Routes nothing: what its client publishes, the test
/// hears.
/// @par Threads  One, that of the loop.
class hostile_broker {
 public:
  enum class manner : std::uint8_t { polite, by_hand, playing };
  /// A packet that the client sent.
  struct heard_packet {
    bench::packet_type type;
    std::uint8_t flags;
    std::string body;
  };
  /// What is sent at once when a record is played.
  struct played {
    std::size_t after;  ///< packets of the client that are heard before
    std::string bytes;
    bool in_pieces = false;  ///< byte by byte
  };
  enum class ending : std::uint8_t { close, reset };

  explicit hostile_broker(boost::asio::io_context& loop);
  ~hostile_broker();
  hostile_broker(const hostile_broker&) = delete;
  hostile_broker& operator=(const hostile_broker&) = delete;

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  /// Hears every message of the client.
  std::function<void(const bench::publish_packet&)> on_message;
  /// Plays what is behind the broker: gets the messages of the client while the broker is polite.
  std::function<void(const bench::publish_packet&)> device;
  /// Hears what is sent.
  std::function<void(const played&)> on_sent;

  /// What is not taken yet is answered when it becomes polite.
  void behave(manner how);
  /// Plays from the next connection on.
  void play(std::vector<played> record);
  /// Sends the next piece of the record, whatever was heard. False: there is none left.
  bool play_on();
  /// Ends the next connection, and no other, when it has sent so many bytes.
  void end_after(std::size_t bytes, ending how);

  /// Connections so far.
  int connections() const noexcept { return connections_; }

  /// @name The newest connection
  /// @{
  bool is_open() const noexcept;
  /// Bytes that were sent on it.
  std::size_t sent() const noexcept { return sent_; }
  broker_packets packets() const noexcept { return broker_packets(v5_); }
  bool v5() const noexcept { return v5_; }
  /// The next packet of this type that was not taken yet; null: it has not come.
  const heard_packet* take(bench::packet_type type);
  /// All that was heard counts as taken.
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
  std::shared_ptr<peer> peer_;  ///< of the newest connection
  bool v5_ = false;
  std::vector<heard_packet> heard_;
  std::size_t next_ = 0;  ///< of those heard, the first that was not taken or answered
  std::size_t sent_ = 0;
  std::size_t most_ = unlimited;
  std::size_t next_most_ = unlimited;
  ending at_most_ = ending::close;
  std::vector<played> record_;
  std::size_t played_ = 0;

  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
};

}  // namespace mqcoap::test
