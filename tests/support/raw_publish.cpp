#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <support/raw_publish.hpp>

namespace mqcoap::test {
namespace {

using boost::asio::ip::tcp;

std::string packet(char first, std::string_view body) {
  std::string bytes(1, first);
  auto rest = body.size();
  do {
    const auto low = rest % 128;
    rest /= 128;
    bytes += static_cast<char>(rest > 0 ? low | 0x80U : low);
  } while (rest > 0);
  return bytes.append(body);
}

std::string text(std::string_view t) {
  return std::string{static_cast<char>(t.size() / 256), static_cast<char>(t.size() % 256)}.append(t);
}

}  // namespace

void raw_publish(std::uint16_t port, std::string_view topic, std::string_view payload, bool retain) {
  boost::asio::io_context loop;
  tcp::socket socket(loop);
  socket.connect({boost::asio::ip::address_v4::loopback(), port});
  const auto clean_311 = text("MQTT") + std::string("\x04\x02\x00\x3c", 4) + text("raw-publisher");
  boost::asio::write(socket, boost::asio::buffer(packet('\x10', clean_311)));
  char connack[4];
  boost::asio::read(socket, boost::asio::buffer(connack));
  const auto message = packet(retain ? '\x31' : '\x30', text(topic).append(payload)) + packet('\xe0', "");
  boost::asio::write(socket, boost::asio::buffer(message));
  char none = 0;
  boost::system::error_code end;
  boost::asio::read(socket, boost::asio::buffer(&none, 1), end);  // the broker closes after the DISCONNECT
}

}  // namespace mqcoap::test
