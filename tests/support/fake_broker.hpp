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

/// A broker that misbehaves as told: for what a real one cannot be made to do.
class fake_broker {
 public:
  enum class greeting {
    accept,
    refuse_version_5,   ///< with a 3.1.1 CONNACK; accepts 3.1.1
    hang_up_version_5,  ///< says nothing; accepts 3.1.1
    hang_up,            ///< always
    silence,            ///< never answers
    throw_off,          ///< accepts, and hangs up at once
  };

  /// What it does when a client has said goodbye.
  enum class parting {
    hang_up,
    talk_on,  ///< says something twice, then hangs up
    stay,     ///< leaves the connection open
  };

  fake_broker(boost::asio::io_context& loop, greeting how);

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  /// Filters with this beginning are denied.
  void deny(std::string prefix) { denied_ = std::move(prefix); }
  void greet(greeting how) { greeting_ = how; }
  void part(parting how) { parting_ = how; }
  /// Whether messages at QoS 1 get their PUBACK; pings are answered in any case.
  void acknowledge(bool does) { acknowledges_ = does; }
  /// Hangs up on larger packets, without a word.
  void limit_packets(std::size_t most) { largest_packet_ = most; }
  /// Protocol levels of the CONNECTs so far: 5 is MQTT 5, 4 is 3.1.1.
  const std::vector<int>& levels() const noexcept { return levels_; }
  /// Filters of the SUBSCRIBEs so far.
  const std::vector<std::string>& filters() const noexcept { return filters_; }
  /// Topics of the messages so far.
  const std::vector<std::string>& topics() const noexcept { return topics_; }
  /// Clients that said goodbye, and were still there for all that was said then.
  int heard_out() const noexcept { return heard_out_; }
  void drop_clients() { peers_.clear(); }
  /// Drops all clients and listens no more, for good.
  void leave() {
    acceptor_.close();
    drop_clients();
  }
  /// Sends all clients a short message, whatever they have subscribed to.
  void deliver(std::string_view topic, std::string_view payload);
  /// Sends all clients what is no MQTT.
  void babble();
  /// Sends an MQTT 5 DISCONNECT with this reason, then hangs up.
  void disconnect_clients(char reason);

 private:
  struct peer;
  void accept();
  void read(const std::shared_ptr<peer>& p);
  /// Takes whole packets off the front of what was read.
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
