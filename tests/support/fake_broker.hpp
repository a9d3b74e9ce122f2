#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::test {

/// A broker that misbehaves as configured, in ways that a real one cannot be made to.
class fake_broker {
 public:
  enum class greeting {
    accept,
    refuse_version_5,   ///< with a 3.1.1 CONNACK; accepts 3.1.1
    hang_up_version_5,  ///< hangs up on MQTT 5 without an answer; accepts 3.1.1
    hang_up,            ///< always hangs up
    silence,            ///< never answers
    throw_off,          ///< accepts, and hangs up immediately
  };

  /// The reaction to a client's DISCONNECT.
  enum class parting {
    hang_up,
    talk_on,  ///< sends two more packets, then hangs up
    stay,     ///< leaves the connection open
  };

  fake_broker(boost::asio::io_context& loop, greeting how);

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  /// Denies subscriptions to filters with this prefix.
  void deny(std::string prefix) { denied_ = std::move(prefix); }
  void greet(greeting how) { greeting_ = how; }
  void part(parting how) { parting_ = how; }
  /// Sets whether messages at QoS 1 are acknowledged; pings are always answered.
  void acknowledge(bool does) { acknowledges_ = does; }
  /// Hangs up on larger packets without a DISCONNECT.
  void limit_packets(std::size_t most) { largest_packet_ = most; }
  /// Returns the protocol levels of the CONNECTs so far: 5 is MQTT 5, 4 is 3.1.1.
  const std::vector<int>& levels() const noexcept { return levels_; }
  /// Returns the filters of the SUBSCRIBEs so far.
  const std::vector<std::string>& filters() const noexcept { return filters_; }
  /// Returns the topics of the messages so far.
  const std::vector<std::string>& topics() const noexcept { return topics_; }
  /// Returns the number of clients that sent DISCONNECT and still received everything that was sent after it.
  int heard_out() const noexcept { return heard_out_; }
  void drop_clients() { peers_.clear(); }
  /// Drops all clients and stops listening permanently.
  void leave() {
    acceptor_.close();
    drop_clients();
  }
  /// Sends a short message to all clients, whatever they have subscribed to.
  void deliver(std::string_view topic, std::string_view payload);
  /// Sends invalid MQTT to all clients.
  void babble();
  /// Sends an MQTT 5 DISCONNECT with this reason and hangs up.
  void disconnect_clients(char reason);

 private:
  struct peer;
  void accept();
  void read(const std::shared_ptr<peer>& p);
  /// Removes complete packets from the received bytes and handles them.
  void take_packets(peer& p);
  void on_packet(peer& p, unsigned char first, std::string_view body);
  void on_connect(peer& p, std::string_view body);
  void on_publish(peer& p, unsigned char flags, std::string_view body);
  void on_subscribe(peer& p, std::string_view body);
  void on_disconnect(peer& p);
  static boost::system::error_code send(peer& p, std::string_view bytes);

  boost::asio::ip::tcp::acceptor acceptor_;
  greeting greeting_;
  parting parting_ = parting::hang_up;
  std::string denied_;
  bool acknowledges_ = true;
  std::size_t largest_packet_ = std::numeric_limits<std::size_t>::max();
  std::vector<int> levels_;
  std::vector<std::string> filters_;
  std::vector<std::string> topics_;
  int heard_out_ = 0;
  std::vector<std::shared_ptr<peer>> peers_;
};

}  // namespace mqcoap::test
