#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <mqcoap/transport/libmosquitto.hpp>
#include <mqcoap/transport/mosquitto_link_session.hpp>
#include <mqcoap/transport/reason_code.hpp>
#include <mqcoap/transport/server_identity.hpp>
#include <new>

// Drives a session: the events that wake it, how it handles them, and how it detects its end.

namespace mqcoap {
namespace {

using kind = connection_fault::kind;

constexpr std::chrono::seconds goodbye_limit{1};
constexpr int reads_a_wake = 64;
constexpr std::uint64_t callbacks_a_wake = 512;
/// The number of packets after which the first ones of a burst are sent, so that their receivers can continue
/// while the rest is handled. The rest is sent together, because each flush costs system calls.
constexpr std::uint32_t first_flush = 8;
constexpr std::size_t largest_corked = 64 * 1024;  // size of a flush in bytes

std::string without_dot(std::string message) {
  if (!message.empty() && message.back() == '.') message.pop_back();
  return message;
}

/// Returns false if the library itself closed the connection.
bool is_loss(int code) noexcept {
  switch (code) {
    case MOSQ_ERR_SUCCESS:
    case MOSQ_ERR_NO_CONN:
    case MOSQ_ERR_CONN_LOST:
    case MOSQ_ERR_TLS:
    case MOSQ_ERR_ERRNO: return true;
    default: return false;
  }
}

/// Returns true if the broker closed the connection, false if the network failed. EPROTO is the library's
/// code for any failure under TLS.
bool is_close(int socket_error) noexcept {
  return socket_error == 0 || socket_error == ECONNRESET || socket_error == EPIPE || socket_error == EPROTO;
}

/// Returns the kind of fault for the reason code of a DISCONNECT.
kind disconnect_kind(int reason) noexcept {
  switch (reason) {
    case MQTT_RC_SESSION_TAKEN_OVER: return kind::client_id_taken;
    case MQTT_RC_PACKET_TOO_LARGE: return kind::packet_too_large;
    case MQTT_RC_NOT_AUTHORIZED: return kind::rights_withdrawn;
    default: return kind::disconnected;
  }
}

/// Returns the kind of fault for the reason code of a CONNACK.
kind refusal_of_5(int reason) noexcept {
  switch (reason) {
    case MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION: return kind::version_refused;
    case MQTT_RC_BAD_USERNAME_OR_PASSWORD: return kind::bad_credentials;
    case MQTT_RC_NOT_AUTHORIZED: return kind::not_authorized;
    default: return kind::refused;
  }
}

kind refusal_of_311(int code) noexcept {
  switch (code) {
    case CONNACK_REFUSED_PROTOCOL_VERSION: return kind::version_refused;
    case CONNACK_REFUSED_BAD_USERNAME_PASSWORD: return kind::bad_credentials;
    case CONNACK_REFUSED_NOT_AUTHORIZED: return kind::not_authorized;
    default: return kind::refused;
  }
}

void set_tcp(int fd, int option, int value) { ::setsockopt(fd, IPPROTO_TCP, option, &value, sizeof value); }

}  // namespace

void mosquitto_session::wait_readable() {
  watched_.async_wait(watched_.wait_read, [self = shared_from_this()](const error_code& e) {
    if (!e && self->handle_ != nullptr) self->on_readable();
  });
}

void mosquitto_session::wait_writable() {
  if (waiting_writable_) return;
  waiting_writable_ = true;
  watched_.async_wait(watched_.wait_write, [self = shared_from_this()](const error_code& e) {
    self->waiting_writable_ = false;
    if (!e && self->handle_ != nullptr) self->on_writable();
  });
}

void mosquitto_session::wait_tick(std::chrono::milliseconds in) {
  tick_.expires_after(in);
  tick_.async_wait([self = shared_from_this()](const error_code& e) {
    if (!e && self->handle_ != nullptr) self->on_tick();
  });
}

/// If memory runs out, the next tick tries again.
void mosquitto_session::post_flush() noexcept try {
  if (waiting_writable_ || flush_posted_) return;
  boost::asio::post(executor_, [self = shared_from_this()] {
    self->flush_posted_ = false;
    if (self->handle_ != nullptr && !self->waiting_writable_) self->flush();
  });
  flush_posted_ = true;
} catch (const std::bad_alloc&) {
  return;
}

void mosquitto_session::queued_packet() {
  ++unflushed_;
  if (!draining_) post_flush();
}

template <class Call>
bool mosquitto_session::in_library(Call call) {
  inside_ = true;
  const int code = call(handle_);
  inside_ = false;
  if (code != MOSQ_ERR_SUCCESS && !gone_) library_closed(code, errno);
  return !settle();
}

bool mosquitto_session::settle() {
  if (closing_) {
    release();
    return true;
  }
  if (gone_) {
    report_end();
    return true;
  }
  if (connack_ == 0 && !up_) {
    up_ = true;
    wait_tick(tick_interval);
    events_->on_session_up();
  }
  return handle_ == nullptr;
}

/// Returns true if messages arrive one at a time. Then the read that would find nothing more is skipped,
/// because it costs a system call per message. Unread data wakes the session again, and every eighth wake-up
/// checks for more.
bool mosquitto_session::expects_one() const noexcept {
  constexpr unsigned some = 4;
  constexpr unsigned period = 8;
  return up_ && alone_ >= some && alone_ % period != 0;
}

void mosquitto_session::on_readable() {
  if (!up_ && has_died()) return report_end();
  note_turn();
  draining_ = true;
  const auto limit = callbacks_ + callbacks_a_wake;
  const auto first = callbacks_;
  const bool looks_for_more = !expects_one();
  bool is_first_flush = true;
  for (int reads = 0; reads < reads_a_wake && callbacks_ < limit; ++reads) {
    const auto before = callbacks_;
    if (!in_library([](mosquitto* m) { return mosquitto_loop_read(m, 1); })) return;
    if (callbacks_ == before || !looks_for_more) break;
    if (is_first_flush && unflushed_ >= first_flush) {
      is_first_flush = false;
      flush();
      if (handle_ == nullptr) return;
    }
  }
  alone_ = callbacks_ - first == 1 ? alone_ + 1 : 0;
  note_all_is_read();
  // A broker with Nagle's algorithm delays a message after its PUBACK until the kernel acknowledges that,
  // which happens after 40 ms by default. The kernel forgets the option, so it is set each time.
  if (qos_ > 0) set_tcp(watched_.native_handle(), TCP_QUICKACK, 1);
  if (up_) events_->on_session_messages_end();
  draining_ = false;
  if (handle_ == nullptr) return;
  flush();
  if (handle_ == nullptr) return;
  if (!tls_ || !tls_has_unread(tls_connection())) return wait_readable();
  // The socket may not be readable, because the remaining data is already decrypted.
  boost::asio::post(executor_, [self = shared_from_this()] {
    if (self->handle_ != nullptr) self->on_readable();
  });
}

void mosquitto_session::on_writable() {
  if (!up_) {
    if (has_died()) return report_end();
    // A TLS handshake that waits to write continues only in this call.
    if (!in_library([](mosquitto* m) { return mosquitto_loop_read(m, 1); })) return;
  }
  flush();
}

void mosquitto_session::on_tick() {
  if (!up_) {
    const bool stalled = in_handshake() && !tls_wants_write(tls_connection());
    return end({.what = stalled ? kind::tls_stalled : kind::no_answer, .limit = connect_limit_});
  }
  note_turn();
  note_all_is_read();
  if (!in_library([](mosquitto* m) { return mosquitto_loop_misc(m); })) return;
  wait_tick(tick_interval);
  events_->on_session_tick();
  if (handle_ != nullptr && mosquitto_want_write(handle_)) post_flush();
}

void mosquitto_session::flush() {
  if (in_handshake()) {
    // The library always wants to write; only OpenSSL knows what it waits for.
    if (tls_wants_write(tls_connection())) wait_writable();
    return;
  }
  // At the end of a handshake a broker may send the reason why it rejects the client, and reset the
  // connection: writing first would lose the reason.
  if (tls_ && !up_ && !in_library([](mosquitto* m) { return mosquitto_loop_read(m, 1); })) return;
  if (mosquitto_want_write(handle_)) {
    // The kernel joins small packets under a cork; large ones would only be delayed.
    const bool cork = unflushed_ > 1 && unflushed_bytes_ < largest_corked;
    unflushed_ = 0;
    unflushed_bytes_ = 0;
    if (cork) set_tcp(watched_.native_handle(), TCP_CORK, 1);
    if (!in_library([](mosquitto* m) { return mosquitto_loop_write(m, 1); })) return;
    if (cork) set_tcp(watched_.native_handle(), TCP_CORK, 0);
    if (mosquitto_want_write(handle_)) wait_writable();
  }
  if (up_) events_->on_session_room();
}

/// The library closes its socket right after the DISCONNECT. Data from the broker that arrives then would be
/// answered by a reset, and a broker that has not yet read the DISCONNECT would treat the client as lost and
/// publish the last will. The duplicate of the socket is still open, and is closed in one direction only.
void mosquitto_session::await_close() {
  release_library();
  ::shutdown(watched_.native_handle(), SHUT_WR);
  tick_.expires_after(goodbye_limit);
  tick_.async_wait([self = shared_from_this()](const error_code& e) {
    if (!e && self->watched_.is_open()) self->end({});
  });
  read_to_close();
}

void mosquitto_session::read_to_close() {
  watched_.async_wait(watched_.wait_read, [self = shared_from_this()](const error_code& e) {
    if (e || !self->watched_.is_open()) return;
    std::array<char, 4096> rest;
    const auto count = ::recv(self->watched_.native_handle(), rest.data(), rest.size(), MSG_DONTWAIT);
    if (count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))) return self->read_to_close();
    self->end({});
  });
}

void mosquitto_session::note_turn() noexcept {
  if (up_) stall_.turn(boot_clock::now());
}

void mosquitto_session::note_all_is_read() noexcept {
  if (stall_.waited().count() == 0) return;
  int unread = 0;
  if (::ioctl(watched_.native_handle(), FIONREAD, &unread) == 0 && unread > 0) return;
  if (!tls_ || !tls_has_unread(tls_connection())) stall_.all_is_read();
}

std::string mosquitto_session::server() { return server_identity(watched_.native_handle()); }

/// Returns true if the connection is dead. The library does not report all failures of connecting and of the
/// handshake; the socket has the error.
bool mosquitto_session::has_died() {
  char byte = 0;
  const auto count = ::recv(watched_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (count > 0) return false;  // the last data, with the reason, may precede a reset
  if (count == 0)
    socket_error_ = ECONNRESET;
  else if (errno != EAGAIN && errno != EINTR)
    socket_error_ = errno;
  if (tls_ && tls_->system_error() != 0) socket_error_ = tls_->system_error();
  return socket_error_ != 0;
}

bool mosquitto_session::all_has_left() noexcept {
  int unsent = 0;
  ::ioctl(watched_.native_handle(), TIOCOUTQ, &unsent);
  return unsent == 0 && !mosquitto_want_write(handle_);
}

void mosquitto_session::report_loss() {
  if (finishing_ && disconnect_ == MOSQ_ERR_SUCCESS) return await_close();
  if (disconnect_ >= first_failure)
    return end({.what = disconnect_kind(disconnect_), .quoted = mosquitto_reason_string(disconnect_)});
  if (disconnect_ == MOSQ_ERR_KEEPALIVE) return end({.what = kind::no_keepalive});
  if (!is_loss(disconnect_))
    return end({.what = kind::given_up, .quoted = without_dot(mosquitto_strerror(disconnect_))});
  if (is_close(socket_error_)) return end({.what = kind::closed, .system_error = socket_error_});
  end(connection_fault::of_system(socket_error_));
}

void mosquitto_session::report_end() {
  if (up_) return report_loss();
  if (connack_ > 0)
    return end({.what = v5_ ? refusal_of_5(connack_) : refusal_of_311(connack_),
                .quoted = without_dot(v5_ ? mosquitto_reason_string(connack_)
                                          : mosquitto_connack_string(connack_))});
  if (tls_)
    if (auto refusal = tls_->refusal()) return end(std::move(refusal));
  if (!is_close(socket_error_)) return end(connection_fault::of_system(socket_error_));
  if (in_handshake()) return end({.what = kind::tls_closed});
  end({.what = kind::hung_up,
       .attempt = {.mqtt_5 = v5_,
                   .tls = tls_ != nullptr,
                   .certificate_requested = tls_ && tls_->certificate_was_requested()}});
}

}  // namespace mqcoap
