#include "hostile_broker.hpp"

#include <array>
#include <boost/asio/write.hpp>
#include <utility>

namespace mqcoap::test {

using bench::packet_type;
using boost::asio::ip::tcp;

struct hostile_broker::peer {
  explicit peer(tcp::socket s) : socket(std::move(s)) {}
  tcp::socket socket;
  std::array<char, 4096> buffer{};
  std::string unread;
};

hostile_broker::hostile_broker(boost::asio::io_context& loop)
    : acceptor_(loop, {boost::asio::ip::address_v4::loopback(), 0}) {
  accept();
}

hostile_broker::~hostile_broker() = default;

void hostile_broker::accept() {
  acceptor_.async_accept([this](boost::system::error_code error, tcp::socket socket) {
    if (error) return;
    welcome(std::move(socket));
    accept();
  });
}

void hostile_broker::welcome(tcp::socket socket) {
  ++connections_;
  socket.set_option(tcp::no_delay(true));
  peer_ = std::make_shared<peer>(std::move(socket));
  heard_.clear();
  next_ = sent_ = 0;
  most_ = std::exchange(next_most_, unlimited);
  read(peer_);
}

void hostile_broker::read(const std::shared_ptr<peer>& p) {
  p->socket.async_read_some(
      boost::asio::buffer(p->buffer),
      [this, weak = std::weak_ptr(p)](boost::system::error_code error, std::size_t count) {
        const auto self = weak.lock();
        if (!self || self != peer_) return;
        if (error) return self->socket.close();
        self->unread.append(self->buffer.data(), count);
        take_packets(*self);
        if (self->socket.is_open()) read(self);
      });
}

void hostile_broker::take_packets(peer& p) {
  bench::packet next;
  while (p.socket.is_open()) {
    if (bench::split_packet(p.unread, next) != bench::split_result::complete) return;
    const auto size = next.size;
    hear(next);
    p.unread.erase(0, size);
  }
}

void hostile_broker::hear(const bench::packet& p) {
  heard_.push_back({p.type, p.flags, std::string(p.body)});
  if (p.type == packet_type::connect)
    if (const auto parsed = bench::parse_connect(p.body)) v5_ = parsed->version == bench::mqtt_version::v5;
  if (p.type == packet_type::publish && on_message)
    if (const auto m = bench::parse_publish(p.flags, p.body, version())) on_message(*m);
  if (manner_ == manner::polite) {
    next_ = heard_.size();
    answer(heard_.back());
  }
  while (manner_ == manner::playing && played_ < record_.size() && record_[played_].after <= heard_.size())
    play_on();
}

void hostile_broker::behave(manner how) {
  manner_ = how;
  while (manner_ == manner::polite && next_ < heard_.size()) {
    const auto p = heard_[next_++];
    answer(p);
  }
}

void hostile_broker::answer(const heard_packet& p) {
  switch (p.type) {
    case packet_type::connect: return send(packets().connack());
    case packet_type::publish: return answer_publish(p);
    case packet_type::subscribe:
      if (const auto requested = bench::parse_subscribe(p.body, version())) {
        std::string codes;
        for (const auto& [filter, qos] : requested->filters) codes += static_cast<char>(qos);
        send(packets().suback(requested->packet_id, codes));
      }
      return;
    case packet_type::unsubscribe:
      if (const auto requested = bench::parse_unsubscribe(p.body, version()))
        send(packets().unsuback(requested->packet_id, requested->filters.size()));
      return;
    case packet_type::pingreq: return send(broker_packets::pingresp());
    case packet_type::disconnect: return end(ending::close);
    default: return;
  }
}

void hostile_broker::answer_publish(const heard_packet& p) {
  const auto m = bench::parse_publish(p.flags, p.body, version());
  if (!m) return;
  if (m->qos > 0) send(packets().acknowledgement(0x40, m->packet_id));
  if (device) device(*m);
}

const hostile_broker::heard_packet* hostile_broker::take(packet_type type) {
  for (auto i = next_; i < heard_.size(); ++i) {
    if (heard_[i].type != type) continue;
    next_ = i + 1;
    return &heard_[i];
  }
  return nullptr;
}

bool hostile_broker::is_open() const noexcept { return peer_ && peer_->socket.is_open(); }

void hostile_broker::send(std::string_view bytes) {
  if (!is_open()) return;
  const auto left = most_ - sent_;
  const bool ends = bytes.size() >= left;
  if (ends) bytes = bytes.substr(0, left);
  boost::system::error_code ignored;  // a client that has disconnected is noticed when reading
  boost::asio::write(peer_->socket, boost::asio::buffer(bytes), ignored);
  sent_ += bytes.size();
  if (on_sent) on_sent({heard_.size(), std::string(bytes)});
  if (ends) end(at_most_);
}

void hostile_broker::end(ending how) {
  if (!is_open()) return;
  boost::system::error_code ignored;
  if (how == ending::reset) peer_->socket.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  peer_->socket.close(ignored);
}

void hostile_broker::end_after(std::size_t bytes, ending how) {
  next_most_ = bytes;
  at_most_ = how;
}

void hostile_broker::play(std::vector<played> record) {
  manner_ = manner::playing;
  record_ = std::move(record);
  played_ = 0;
}

bool hostile_broker::play_on() {
  if (played_ == record_.size()) return false;
  const auto& piece = record_[played_++];
  if (!piece.in_pieces) return send(piece.bytes), true;
  for (const char byte : piece.bytes) send({&byte, 1});
  return true;
}

}  // namespace mqcoap::test
