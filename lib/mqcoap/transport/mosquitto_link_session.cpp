#include <fcntl.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <limits>
#include <mqcoap/base/units.hpp>
#include <mqcoap/transport/mosquitto_link_session.hpp>
#include <system_error>

namespace mqcoap {
namespace {

constexpr int send_maximum = 100;                 // every publish scans the library's in-flight list
constexpr int receive_maximum = 1000;             // ours; brokers send fewer anyway
constexpr int dead_peer_ms = 4000;                // TCP_USER_TIMEOUT: unacknowledged data means a dead peer
constexpr std::chrono::seconds misc_interval{1};  // the library's keepalive needs it
constexpr int reads_a_wake = 64;
constexpr std::uint64_t callbacks_a_wake = 512;
constexpr std::size_t topic_slack = 4096;  // of a packet, beside its payload
constexpr int first_failure = 128;         // MQTT 5 reason codes

std::string system_words(int error) { return std::generic_category().message(error); }

void set_cloexec(int fd) {
  const int flags = ::fcntl(fd, F_GETFD);
  if (flags >= 0) ::fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
}

int lowest_free_descriptor() {
  const int fd = ::open("/", O_PATH | O_CLOEXEC);
  if (fd >= 0) ::close(fd);
  return fd;
}

/// The library opens its socket and a pair to wake its select with, all without CLOEXEC, and tells only the
/// first. New descriptors are the lowest free ones.
void seal(int from, int socket) {
  set_cloexec(socket);
  for (int fd = std::max(from, 0); fd < socket; ++fd) {
    int domain = 0;
    socklen_t size = sizeof domain;
    if (::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX) set_cloexec(fd);
  }
}

void set_cork(int fd, int on) { ::setsockopt(fd, IPPROTO_TCP, TCP_CORK, &on, sizeof on); }

mosquitto_session& session_of(void* self) { return *static_cast<mosquitto_session*>(self); }

}  // namespace

mosquitto_session::mosquitto_session(boost::asio::io_context& loop, session_events& events,
                                     const link_options& options, const std::string& client_id,
                                     mqtt_protocol protocol)
    : loop_(loop),
      events_(&events),
      watched_(loop),
      tick_(loop),
      qos_(std::clamp(options.qos, 0, 1)),
      keepalive_(static_cast<int>(std::clamp<std::int64_t>(options.keepalive.count(), 5, 65535))),
      connect_limit_(options.connect_timeout) {
  handle_ = mosquitto_new(client_id.c_str(), true, this);
  if (handle_ == nullptr) {
    failure_ = system_words(errno);
    return;
  }
  configure(options, protocol);
  set_callbacks();
}

mosquitto_session::~mosquitto_session() { release(); }

void mosquitto_session::configure(const link_options& options, mqtt_protocol protocol) {
  v5_ = protocol == mqtt_protocol::v5;
  mosquitto_int_option(handle_, MOSQ_OPT_PROTOCOL_VERSION, v5_ ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
  mosquitto_int_option(handle_, MOSQ_OPT_TCP_NODELAY, 1);
  mosquitto_int_option(handle_, MOSQ_OPT_SEND_MAXIMUM, send_maximum);
  mosquitto_int_option(handle_, MOSQ_OPT_RECEIVE_MAXIMUM, receive_maximum);
  mosquitto_threaded_set(handle_, true);
  if (!options.username.empty()) {
    const std::string password(options.password ? options.password->reveal() : std::string_view{});
    mosquitto_username_pw_set(handle_, options.username.c_str(),
                              options.password ? password.c_str() : nullptr);
  }
  if (v5_) set_largest_packet(options.max_inbound);
}

/// CONNECT properties can only be given to the blocking connect. It keeps them before it looks at the host,
/// and the asynchronous connect uses what was kept: so it is called without a host, which fails before any
/// I/O.
void mosquitto_session::set_largest_packet(std::size_t max_inbound) {
  constexpr std::size_t mqtt_maximum = 268'435'455;
  const auto largest = std::min(max_inbound, mqtt_maximum - topic_slack) + topic_slack;
  mosquitto_property* properties = nullptr;
  if (mosquitto_property_add_int32(&properties, MQTT_PROP_MAXIMUM_PACKET_SIZE,
                                   static_cast<std::uint32_t>(largest)) == MOSQ_ERR_SUCCESS)
    mosquitto_connect_bind_v5(handle_, nullptr, 0, keepalive_, nullptr, properties);
  mosquitto_property_free_all(&properties);
}

void mosquitto_session::set_callbacks() {
  mosquitto_connect_v5_callback_set(
      handle_, [](mosquitto*, void* self, int code, int, const mosquitto_property* properties) noexcept {
        auto& s = session_of(self);
        ++s.callbacks_;
        s.connack_ = code;
        std::uint8_t highest = 1;
        if (mosquitto_property_read_byte(properties, MQTT_PROP_MAXIMUM_QOS, &highest, false) != nullptr)
          s.qos_ = std::min<int>(s.qos_, highest);
      });
  mosquitto_disconnect_v5_callback_set(
      handle_, [](mosquitto*, void* self, int code, const mosquitto_property*) noexcept {
        session_of(self).library_closed(code, errno);
      });
  mosquitto_message_callback_set(handle_, [](mosquitto*, void* self, const mosquitto_message* m) noexcept {
    auto& s = session_of(self);
    ++s.callbacks_;
    if (m->qos > 0) ++s.unflushed_;  // its PUBACK
    if (s.events_ == nullptr) return;
    const auto* payload = m->payload == nullptr ? "" : static_cast<const char*>(m->payload);
    s.events_->on_session_message({m->topic, {payload, static_cast<std::size_t>(m->payloadlen)}, m->retain});
  });
  mosquitto_publish_v5_callback_set(
      handle_, [](mosquitto*, void* self, int id, int code, const mosquitto_property*) noexcept {
        auto& s = session_of(self);
        ++s.callbacks_;
        if (s.events_ != nullptr) s.events_->on_session_written(id, code >= first_failure);
      });
  mosquitto_subscribe_callback_set(
      handle_, [](mosquitto*, void* self, int id, int count, const int* reasons) noexcept {
        auto& s = session_of(self);
        ++s.callbacks_;
        if (s.events_ != nullptr)
          s.events_->on_session_subscribed(id, {reasons, static_cast<std::size_t>(std::max(count, 0))});
      });
}

void mosquitto_session::library_closed(int code, int error) noexcept {
  ++callbacks_;
  if (gone_) return;  // told twice after a DISCONNECT of the broker; the first time says why
  gone_ = true;
  disconnect_ = code;
  socket_error_ = code == MOSQ_ERR_ERRNO ? error : 0;
}

bool mosquitto_session::open(const std::string& address, std::uint16_t port) {
  if (handle_ == nullptr) return false;
  const int from = lowest_free_descriptor();
  const int code = mosquitto_connect_async(handle_, address.c_str(), port, keepalive_);
  const int error = errno;
  const int socket = mosquitto_socket(handle_);
  const int copy = socket < 0 ? -1 : ::fcntl(socket, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) {
    if (socket >= 0)
      failure_ = system_words(errno);
    else
      failure_ = code == MOSQ_ERR_ERRNO ? system_words(error) : mosquitto_strerror(code);
    events_ = nullptr;
    release();
    return false;
  }
  seal(from, socket);
  ::setsockopt(copy, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead_peer_ms, sizeof dead_peer_ms);
  watched_.assign(copy);
  wait_readable();
  wait_writable();
  wait_tick(connect_limit_);
  return true;
}

error_code mosquitto_session::publish(const char* topic, std::string_view payload, int& id) {
  if (payload.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return errc::too_large;
  const int code =
      mosquitto_publish(handle_, &id, topic, static_cast<int>(payload.size()), payload.data(), qos_, false);
  switch (code) {
    case MOSQ_ERR_SUCCESS: queued_packet(); return {};
    case MOSQ_ERR_PAYLOAD_SIZE:
    case MOSQ_ERR_OVERSIZE_PACKET: return errc::too_large;
    case MOSQ_ERR_INVAL:
    case MOSQ_ERR_MALFORMED_UTF8: return errc::invalid_topic;
    case MOSQ_ERR_NOMEM: return errc::queue_full;
    default: return errc::not_connected;
  }
}

int mosquitto_session::subscribe(const std::vector<std::string>& filters) {
  std::vector<char*> texts;
  texts.reserve(filters.size());
  for (const auto& filter : filters) texts.push_back(const_cast<char*>(filter.c_str()));  // a C interface
  int id = 0;
  const int code = mosquitto_subscribe_multiple(handle_, &id, static_cast<int>(texts.size()), texts.data(),
                                                qos_, 0, nullptr);
  if (code != MOSQ_ERR_SUCCESS) return 0;
  queued_packet();
  return id;
}

void mosquitto_session::unsubscribe(const std::string& filter) {
  if (mosquitto_unsubscribe(handle_, nullptr, filter.c_str()) == MOSQ_ERR_SUCCESS) queued_packet();
}

void mosquitto_session::finish() {
  finishing_ = true;
  mosquitto_disconnect(handle_);
  queued_packet();
}

void mosquitto_session::close() noexcept {
  events_ = nullptr;
  if (inside_)
    closing_ = true;
  else
    release();
}

void mosquitto_session::release() noexcept {
  if (handle_ == nullptr) return;
  boost::system::error_code ignored;
  tick_.cancel(ignored);
  // The library's socket shares the open file: closing the copy would leave it in the epoll set, so it is
  // taken out of it first.
  if (watched_.is_open()) ::close(watched_.release());
  mosquitto_destroy(handle_);
  handle_ = nullptr;
}

void mosquitto_session::end(session_end::cause what, std::string why) {
  auto* events = events_;
  events_ = nullptr;
  release();
  if (events != nullptr) events->on_session_end({what, std::move(why)});
}

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

void mosquitto_session::post_flush() {
  if (waiting_writable_ || flush_posted_) return;
  flush_posted_ = true;
  boost::asio::post(loop_, [self = shared_from_this()] {
    self->flush_posted_ = false;
    if (self->handle_ != nullptr && !self->waiting_writable_) self->flush();
  });
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
    tell_end();
    return true;
  }
  if (connack_ == 0 && !up_) {
    up_ = true;
    wait_tick(misc_interval);
    events_->on_session_up();
  }
  return handle_ == nullptr;
}

void mosquitto_session::on_readable() {
  if (!up_ && has_died()) return tell_end();
  draining_ = true;
  const auto limit = callbacks_ + callbacks_a_wake;
  for (int reads = 0; reads < reads_a_wake && callbacks_ < limit; ++reads) {
    const auto before = callbacks_;
    if (!in_library([](mosquitto* m) { return mosquitto_loop_read(m, 1); })) return;
    if (callbacks_ == before) break;
  }
  draining_ = false;
  flush();
  if (handle_ != nullptr) wait_readable();
}

void mosquitto_session::on_writable() {
  if (!up_) {
    if (has_died()) return tell_end();
    // A TLS handshake that waits to write goes on only in here.
    if (!in_library([](mosquitto* m) { return mosquitto_loop_read(m, 1); })) return;
  }
  flush();
}

void mosquitto_session::on_tick() {
  if (!up_) return end(session_end::cause::unreachable, "no answer within " + to_string(connect_limit_));
  if (!in_library([](mosquitto* m) { return mosquitto_loop_misc(m); })) return;
  wait_tick(misc_interval);
  events_->on_session_tick();
  if (handle_ != nullptr && mosquitto_want_write(handle_)) post_flush();
}

void mosquitto_session::flush() {
  if (mosquitto_want_write(handle_)) {
    const bool cork = unflushed_ > 1;
    unflushed_ = 0;
    if (cork) set_cork(watched_.native_handle(), 1);
    if (!in_library([](mosquitto* m) { return mosquitto_loop_write(m, 1); })) return;
    if (cork) set_cork(watched_.native_handle(), 0);
    if (mosquitto_want_write(handle_)) wait_writable();
  }
  if (up_) events_->on_session_room();
}

/// Connecting and handshake failures are not always reported by the library: the socket knows.
bool mosquitto_session::has_died() {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(watched_.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error == 0) {
    char byte = 0;
    const auto count = ::recv(watched_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count == 0)
      error = ECONNRESET;
    else if (count < 0 && errno != EAGAIN && errno != EINTR)
      error = errno;
  }
  socket_error_ = error;
  return error != 0;
}

void mosquitto_session::tell_end() {
  using enum session_end::cause;
  if (up_) {
    if (finishing_ && disconnect_ == MOSQ_ERR_SUCCESS) return end(finished, {});
    if (disconnect_ >= first_failure)
      return end(lost, std::string("disconnected by the broker: ") + mosquitto_reason_string(disconnect_));
    if (disconnect_ == MOSQ_ERR_KEEPALIVE) return end(lost, "the broker does not answer");
    if (socket_error_ != 0) return end(lost, system_words(socket_error_));
    return end(lost, "the broker closed the connection");
  }
  if (connack_ > 0) {
    const bool version =
        v5_ ? connack_ == MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION : connack_ == CONNACK_REFUSED_PROTOCOL_VERSION;
    const bool credentials =
        v5_ ? connack_ == MQTT_RC_BAD_USERNAME_OR_PASSWORD || connack_ == MQTT_RC_NOT_AUTHORIZED
            : connack_ == CONNACK_REFUSED_BAD_USERNAME_PASSWORD || connack_ == CONNACK_REFUSED_NOT_AUTHORIZED;
    std::string why = v5_ ? mosquitto_reason_string(connack_) : mosquitto_connack_string(connack_);
    if (!why.empty() && why.back() == '.') why.pop_back();
    if (credentials) why += " (check username and password)";
    return end(version ? version_refused : refused, "refused by the broker: " + why);
  }
  if (socket_error_ != 0 && socket_error_ != ECONNRESET && socket_error_ != EPIPE)
    return end(unreachable, system_words(socket_error_));
  end(hung_up, "the broker closed the connection before answering");
}

}  // namespace mqcoap
