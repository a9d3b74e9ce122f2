#include <algorithm>
#include <boost/asio/write.hpp>
#include <support/fake_broker.hpp>
#include <utility>

namespace mqcoap::test {
namespace {

using boost::asio::ip::tcp;

std::size_t take_two_bytes(std::string_view& from) {
  const auto number = static_cast<unsigned char>(from[0]) * 256U + static_cast<unsigned char>(from[1]);
  from.remove_prefix(2);
  return number;
}

std::string_view take_text(std::string_view& from) {
  const auto size = take_two_bytes(from);
  const auto text = from.substr(0, size);
  from.remove_prefix(size);
  return text;
}

}  // namespace

struct fake_broker::peer {
  explicit peer(tcp::socket s) : socket(std::move(s)) {}
  tcp::socket socket;
  std::array<char, 4096> buffer{};
  std::string unread;
  bool v5 = false;
};

fake_broker::fake_broker(boost::asio::io_context& loop, greeting how)
    : acceptor_(loop, {boost::asio::ip::address_v4::loopback(), 0}), greeting_(how) {
  accept();
}

void fake_broker::accept() {
  acceptor_.async_accept([this](boost::system::error_code error, tcp::socket socket) {
    if (error) return;
    peers_.push_back(std::make_shared<peer>(std::move(socket)));
    read(peers_.back());
    accept();
  });
}

void fake_broker::read(const std::shared_ptr<peer>& p) {
  p->socket.async_read_some(
      boost::asio::buffer(p->buffer),
      [this, weak = std::weak_ptr(p)](boost::system::error_code error, std::size_t count) {
        const auto p2 = weak.lock();
        if (error || !p2) return;
        p2->unread.append(p2->buffer.data(), count);
        take_packets(*p2);
        if (p2->socket.is_open()) read(p2);
      });
}

void fake_broker::take_packets(peer& p) {
  while (p.socket.is_open()) {
    std::size_t length = 0;
    std::size_t at = 1;
    for (unsigned shift = 0;; shift += 7, ++at) {
      if (at >= p.unread.size()) return;
      const auto byte = static_cast<unsigned char>(p.unread[at]);
      length |= std::size_t{byte & 0x7fU} << shift;
      if ((byte & 0x80U) == 0) break;
    }
    ++at;
    if (at + length > largest_packet_) return p.socket.close();
    if (p.unread.size() < at + length) return;
    const auto packet = p.unread.substr(0, at + length);
    p.unread.erase(0, packet.size());
    on_packet(p, static_cast<unsigned char>(packet[0]), std::string_view(packet).substr(at));
  }
}

void fake_broker::on_packet(peer& p, unsigned char first, std::string_view body) {
  const auto type = first >> 4U;
  if (type == 1) on_connect(p, body);
  if (type == 3) on_publish(p, first & 0x0fU, body);
  if (type == 8) on_subscribe(p, body);
  if (type == 12) send(p, {"\xd0\x00", 2});
  if (type == 14) on_disconnect(p);
}

void fake_broker::on_connect(peer& p, std::string_view body) {
  take_text(body);  // "MQTT"
  const int level = body[0];
  levels_.push_back(level);
  p.v5 = level == 5;
  if (greeting_ == greeting::silence) return;
  const bool hang_up = greeting_ == greeting::hang_up || (greeting_ == greeting::hang_up_version_5 && p.v5);
  const bool refuse = greeting_ == greeting::refuse_version_5 && p.v5;
  if (refuse)
    send(p, {"\x20\x02\x00\x01", 4});
  else if (!hang_up)
    send(p, p.v5 ? std::string_view("\x20\x03\x00\x00\x00", 5) : std::string_view("\x20\x02\x00\x00", 4));
  if (hang_up || refuse || greeting_ == greeting::throw_off) p.socket.close();
}

void fake_broker::on_publish(peer& p, unsigned char flags, std::string_view body) {
  topics_.emplace_back(take_text(body));
  const bool wants_puback = (flags & 0x06U) != 0;
  if (wants_puback && acknowledges_) send(p, std::string("\x40\x02") + std::string(body.substr(0, 2)));
}

void fake_broker::on_subscribe(peer& p, std::string_view body) {
  const auto id = body.substr(0, 2);
  body.remove_prefix(p.v5 ? 3 : 2);  // version 5: no properties, one byte
  std::string reasons;
  while (!body.empty()) {
    const auto filter = take_text(body);
    body.remove_prefix(1);
    filters_.emplace_back(filter);
    const bool denied = !denied_.empty() && filter.starts_with(denied_);
    reasons += denied ? (p.v5 ? '\x87' : '\x80') : '\0';
  }
  std::string rest(id);
  if (p.v5) rest += '\0';
  rest += reasons;
  send(p, std::string("\x90") + static_cast<char>(rest.size()) + rest);
}

void fake_broker::on_disconnect(peer& p) {
  constexpr std::string_view ping_answer("\xd0\x00", 2);
  // If the client has closed its socket, the first write triggers a reset, and the second one fails.
  const bool failed = parting_ == parting::talk_on && (send(p, ping_answer) || send(p, ping_answer));
  if (!failed) ++heard_out_;
  if (parting_ != parting::stay) p.socket.close();
}

void fake_broker::babble() {
  constexpr std::string_view no_packet("\0\0", 2);
  for (const auto& p : peers_) send(*p, no_packet);
}

void fake_broker::disconnect_clients(char reason) {
  for (const auto& p : peers_) send(*p, std::string("\xe0\x02") + reason + '\0');
  drop_clients();
}

void fake_broker::deliver(std::string_view topic, std::string_view payload) {
  for (const auto& p : peers_) {
    std::string rest{'\0', static_cast<char>(topic.size())};
    rest += topic;
    if (p->v5) rest += '\0';
    rest += payload;
    send(*p, std::string{'\x30', static_cast<char>(rest.size())} + rest);
  }
}

boost::system::error_code fake_broker::send(peer& p, std::string_view bytes) {
  boost::system::error_code error;
  boost::asio::write(p.socket, boost::asio::buffer(bytes), error);
  return error;
}

}  // namespace mqcoap::test
