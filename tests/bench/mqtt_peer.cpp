#include "mqtt_peer.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "clock.hpp"

namespace bench {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

/// Waits for events. Returns false if the time was reached first.
bool wait_for(int fd, short events, std::int64_t until_ns) {
  pollfd p{fd, events, 0};
  const auto left = std::max<std::int64_t>(0, until_ns - now_ns());
  const timespec timeout{left / 1'000'000'000, left % 1'000'000'000};
  const int n = ppoll(&p, 1, &timeout, nullptr);
  if (n < 0 && errno != EINTR) fail("poll");
  return n > 0;
}

constexpr std::size_t receive_size = 64 * 1024;
constexpr std::int64_t handshake_ns = 10'000'000'000;

}  // namespace

mqtt_peer::~mqtt_peer() {
  if (fd_ >= 0) ::close(fd_);
  if (listener_ >= 0) ::close(listener_);
}

void mqtt_peer::open(int fd, role which) {
  fd_ = fd;
  role_ = which;
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::fcntl(fd_, F_SETFL, O_NONBLOCK) != 0) fail("fcntl");
}

void mqtt_peer::connect(std::uint16_t port, std::string_view client_id, const std::string& filter, int qos) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  fd_ = fd;
  const auto address = loopback(port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
  open(fd, role::client);
  const auto deadline = now_ns() + handshake_ns;
  append_connect(out_, client_id, 0);
  while (!connected_ && now_ns() < deadline) wait(deadline);
  append_subscribe(out_, version_, next_packet_id(), filter, qos);
  while (!subscribed_ && now_ns() < deadline) wait(deadline);
  if (!subscribed_) throw std::runtime_error("the broker does not answer");
}

std::uint16_t mqtt_peer::listen() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener_ < 0) fail("socket");
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0) fail("bind");
  if (::listen(listener_, 1) != 0) fail("listen");
  if (::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) fail("getsockname");
  return ntohs(address.sin_port);
}

void mqtt_peer::accept(const std::vector<std::string>& topics, std::int64_t deadline_ns) {
  if (!wait_for(listener_, POLLIN, deadline_ns)) throw std::runtime_error("no program has connected");
  const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) fail("accept");
  open(fd, role::broker);
  const auto taken = [this](const std::string& topic) {
    return std::any_of(filters_.begin(), filters_.end(),
                       [&](const auto& f) { return topic_matches(f, topic); });
  };
  while (!std::all_of(topics.begin(), topics.end(), taken)) {
    if (now_ns() >= deadline_ns) throw std::runtime_error("the program has not subscribed to its requests");
    wait(deadline_ns);
  }
}

std::uint16_t mqtt_peer::next_packet_id() noexcept {
  if (++packet_id_ == 0) packet_id_ = 1;
  return packet_id_;
}

void mqtt_peer::publish(int qos, pieces topic, pieces payload) {
  if (qos == 0) return append_publish(out_, version_, 0, 0, topic, payload);
  if (unacknowledged_ < receive_maximum_) {
    ++unacknowledged_;
    return append_publish(out_, version_, qos, next_packet_id(), topic, payload);
  }
  byte_buffer later;
  append_publish(later, version_, qos, next_packet_id(), topic, payload);
  held_.emplace_back(later.view());
}

void mqtt_peer::wait(std::int64_t until_ns) {
  flush();
  const short events = static_cast<short>(out_.empty() ? POLLIN : POLLIN | POLLOUT);
  if (!wait_for(fd_, events, until_ns)) return;
  while (receive()) flush();
  flush();
}

void mqtt_peer::flush() {
  while (!out_.empty()) {
    const auto bytes = out_.view();
    const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0) {
      if (errno == EAGAIN || errno == EINTR) return;
      fail("send");
    }
    out_.consume(static_cast<std::size_t>(n));
  }
}

/// Returns true if the buffer was filled, in which case more data may be available.
bool mqtt_peer::receive() {
  packet next;
  const bool partial = split_packet(in_.view(), next) == split_result::incomplete && next.size > in_.size();
  in_.prepare(std::max(receive_size, partial ? next.size - in_.size() : 0));
  const auto room = in_.room();
  const auto n = ::recv(fd_, in_.prepare(0), room, MSG_DONTWAIT);
  if (n < 0) {
    if (errno == EAGAIN || errno == EINTR) return false;
    fail("recv");
  }
  if (n == 0) throw std::runtime_error("the other side has closed the connection");
  in_.commit(static_cast<std::size_t>(n));
  dispatch();
  return static_cast<std::size_t>(n) == room;
}

void mqtt_peer::dispatch() {
  packet p;
  while (true) {
    switch (split_packet(in_.view(), p)) {
      case split_result::incomplete: return;
      case split_result::malformed: throw std::runtime_error("a packet with a malformed length");
      case split_result::complete: break;
    }
    handle(p);
    in_.consume(p.size);
  }
}

void mqtt_peer::handle(const packet& p) {
  if (p.type == packet_type::publish) return handle_publish(p);
  if (p.type == packet_type::puback) return handle_puback();
  if (role_ == role::broker) {
    handle_as_broker(p);
  } else {
    handle_as_client(p);
  }
}

void mqtt_peer::handle_as_broker(const packet& p) {
  switch (p.type) {
    case packet_type::connect: {
      const auto c = parse_connect(p.body);
      if (!c) throw std::runtime_error("a CONNECT that cannot be read");
      version_ = c->version;
      receive_maximum_ = c->receive_maximum;
      connected_ = true;
      return append_connack(out_, version_, c->client_id.empty() ? "bench-assigned" : "");
    }
    case packet_type::subscribe: {
      const auto s = parse_subscribe(p.body, version_);
      if (!s) throw std::runtime_error("a SUBSCRIBE that cannot be read");
      for (const auto& [filter, qos] : s->filters) filters_.emplace_back(filter);
      return append_suback(out_, version_, *s);
    }
    case packet_type::unsubscribe: {
      const auto s = parse_unsubscribe(p.body, version_);
      if (!s) throw std::runtime_error("an UNSUBSCRIBE that cannot be read");
      for (const auto& gone : s->filters) std::erase(filters_, gone.first);
      return append_unsuback(out_, version_, *s);
    }
    case packet_type::pingreq: return append_bare(out_, packet_type::pingresp);
    case packet_type::disconnect: throw std::runtime_error("the program has disconnected");
    default: throw std::runtime_error("a packet that a client never sends");
  }
}

void mqtt_peer::handle_as_client(const packet& p) {
  switch (p.type) {
    case packet_type::connack:
      if (parse_connack(p.body) != std::uint8_t{0})
        throw std::runtime_error("the broker refuses the connection");
      connected_ = true;
      return;
    case packet_type::suback:
      if (suback_error(p.body, version_) != 0)
        throw std::runtime_error("the broker refuses the subscription");
      subscribed_ = true;
      return;
    case packet_type::pingresp: return;
    default: throw std::runtime_error("a packet that a broker never sends");
  }
}

void mqtt_peer::handle_publish(const packet& p) {
  const auto message = parse_publish(p.flags, p.body, version_);
  if (!message) throw std::runtime_error("a PUBLISH that cannot be read");
  if (message->qos == 1) append_puback(out_, message->packet_id);
  if (handler_) handler_(*message);
}

void mqtt_peer::handle_puback() {
  if (unacknowledged_ == 0) throw std::runtime_error("a PUBACK for nothing");
  if (held_.empty()) {
    --unacknowledged_;
    return;
  }
  out_.append(held_.front());
  held_.pop_front();
}

}  // namespace bench
