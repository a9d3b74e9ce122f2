#include <mqcoap/transport/mosquitto_link_session.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <mqcoap/transport/libmosquitto.hpp>
#include <mqcoap/transport/reason_code.hpp>
#include <utility>

namespace mqcoap {
namespace {

constexpr int send_maximum = 100;          // the library scans its in-flight list on every publish
constexpr int receive_maximum = 1000;      // limit of this client; brokers send fewer anyway
constexpr int dead_peer_ms = 4000;         // TCP_USER_TIMEOUT: unacknowledged data means a dead peer
constexpr std::size_t topic_slack = 4096;  // allowance for everything in a packet except its payload

void set_cloexec(int fd) {
  const int flags = ::fcntl(fd, F_GETFD);
  if (flags >= 0) ::fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
}

int lowest_free_descriptor() {
  const int fd = ::open("/", O_PATH | O_CLOEXEC);
  if (fd >= 0) ::close(fd);
  return fd;
}

/// Sets CLOEXEC on the library's socket and on the socket pair that wakes its select; the library opens them
/// without it, and exposes only the first. New descriptors are always the lowest free ones.
void seal(int from, int socket) {
  set_cloexec(socket);
  for (int fd = std::max(from, 0); fd < socket; ++fd) {
    int domain = 0;
    socklen_t size = sizeof domain;
    if (::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX) set_cloexec(fd);
  }
}

mosquitto_session& session_of(void* self) { return *static_cast<mosquitto_session*>(self); }

}  // namespace

mosquitto_session::mosquitto_session(boost::asio::any_io_executor executor, session_events& events,
                                     const link_options& options, const trusted_authorities* authorities,
                                     const std::string& host, const std::string& client_id,
                                     mqtt_protocol protocol)
    : executor_(std::move(executor)),
      events_(&events),
      watched_(executor_),
      tick_(executor_),
      stall_(tick_interval),
      qos_(std::clamp(options.qos, 0, 1)),
      keepalive_(static_cast<int>(keepalive_of(options).count())),
      connect_limit_(options.connect_timeout) {
  handle_ = mosquitto_new(client_id.c_str(), true, this);
  if (handle_ == nullptr) {
    failure_ = connection_fault::of_system(errno);
    return;
  }
  configure(options, authorities, host, protocol);
  set_callbacks();
}

mosquitto_session::~mosquitto_session() { release(); }

std::chrono::seconds mosquitto_session::keepalive_of(const link_options& options) noexcept {
  return std::clamp(options.keepalive, std::chrono::seconds{5}, std::chrono::seconds{65535});
}

void mosquitto_session::configure(const link_options& options, const trusted_authorities* authorities,
                                  const std::string& host, mqtt_protocol protocol) {
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
  if (options.will) set_will(*options.will);
  if (options.tls) set_tls(*options.tls, *authorities, host);
}

void mosquitto_session::set_will(const last_will& will) {
  constexpr std::size_t largest = 65'535;  // MQTT 5.0 section 3.1.3.3
  const auto payload = will.make_payload ? will.make_payload() : will.payload;
  int code = MOSQ_ERR_PAYLOAD_SIZE;
  if (payload.size() <= largest)
    code = mosquitto_will_set(handle_, will.topic.c_str(), static_cast<int>(payload.size()), payload.data(),
                              qos_, will.retain);
  if (code != MOSQ_ERR_SUCCESS)
    failure_ = {.what = connection_fault::kind::will_refused, .quoted = mosquitto_strerror(code)};
}

/// Replaces the library's own TLS options, which would check the certificate against the address that it
/// connects to.
void mosquitto_session::set_tls(const tls_options& tls, const trusted_authorities& authorities,
                                const std::string& host) {
  tls_ = std::make_unique<tls_context>(tls, authorities, host);
  if (const auto& fault = tls_->fault().message; !fault.empty()) {
    failure_ = {.what = connection_fault::kind::tls_setup, .quoted = fault};
    return;
  }
  mosquitto_void_option(handle_, MOSQ_OPT_SSL_CTX, tls_->native());
  mosquitto_int_option(handle_, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);
}

ssl_st* mosquitto_session::tls_connection() const noexcept {
  return static_cast<ssl_st*>(mosquitto_ssl_get(handle_));
}

/// Sets the maximum packet size in the CONNECT properties, which only the blocking connect accepts. It stores
/// them before it checks the host, and the asynchronous connect uses the stored ones: therefore it is called
/// without a host, which fails before any I/O.
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
        std::uint8_t retains = 1;
        mosquitto_property_read_byte(properties, MQTT_PROP_RETAIN_AVAILABLE, &retains, false);
        s.retains_ = retains != 0;
        std::uint32_t largest = 0;
        mosquitto_property_read_int32(properties, MQTT_PROP_MAXIMUM_PACKET_SIZE, &largest, false);
        s.announced_packet_ = largest;
      });
  mosquitto_disconnect_v5_callback_set(
      handle_, [](mosquitto*, void* self, int code, const mosquitto_property*) noexcept {
        session_of(self).library_closed(code, errno);
      });
  mosquitto_message_callback_set(handle_, [](mosquitto*, void* self, const mosquitto_message* m) noexcept {
    auto& s = session_of(self);
    ++s.callbacks_;
    if (m->qos > 0) ++s.unflushed_;  // for its PUBACK
    if (s.events_ == nullptr) return;
    const auto* payload = m->payload == nullptr ? "" : static_cast<const char*>(m->payload);
    s.events_->on_session_message(
        {m->topic, {payload, static_cast<std::size_t>(m->payloadlen)}, m->retain, s.stall_.waited()});
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
  if (gone_) return;  // called twice after a DISCONNECT from the broker; the first call has the reason
  gone_ = true;
  disconnect_ = code;
  socket_error_ = code == MOSQ_ERR_ERRNO ? error : 0;
}

bool mosquitto_session::open(const std::string& address, std::uint16_t port) {
  if (handle_ == nullptr || failure_) return false;
  const int from = lowest_free_descriptor();
  const int code = mosquitto_connect_async(handle_, address.c_str(), port, keepalive_);
  const int error = errno;
  const int socket = mosquitto_socket(handle_);
  const int copy = socket < 0 ? -1 : ::fcntl(socket, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) {
    if (socket >= 0)
      failure_ = connection_fault::of_system(errno);
    else if (tls_ && tls_->refusal())
      failure_ = tls_->refusal();
    else if (code == MOSQ_ERR_ERRNO)
      failure_ = connection_fault::of_system(error);
    else
      failure_ = {.what = connection_fault::kind::library, .quoted = mosquitto_strerror(code)};
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

error_code mosquitto_session::publish(const char* topic, std::string_view payload, bool retain, int& id) {
  if (payload.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return errc::too_large;
  if (retain && !retains_) return errc::denied;  // the library would send it without the flag
  const int code =
      mosquitto_publish(handle_, &id, topic, static_cast<int>(payload.size()), payload.data(), qos_, retain);
  switch (code) {
    case MOSQ_ERR_SUCCESS:
      unflushed_bytes_ += payload.size();
      queued_packet();
      return {};
    case MOSQ_ERR_PAYLOAD_SIZE:
    case MOSQ_ERR_OVERSIZE_PACKET: return errc::too_large;
    case MOSQ_ERR_INVAL:
    case MOSQ_ERR_MALFORMED_UTF8: return errc::invalid_topic;
    case MOSQ_ERR_NOMEM: return errc::queue_full;
    default: return errc::not_connected;
  }
}

int mosquitto_session::subscribe(const std::vector<std::string>& filters, own_messages ours) {
  std::vector<char*> texts;
  texts.reserve(filters.size());
  for (const auto& filter : filters) texts.push_back(const_cast<char*>(filter.c_str()));  // C interface
  int id = 0;
  const int code =
      mosquitto_subscribe_multiple(handle_, &id, static_cast<int>(texts.size()), texts.data(), qos_,
                                   ours == own_messages::come ? 0 : MQTT_SUB_OPT_NO_LOCAL, nullptr);
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
  tick_.cancel();
  // The library's socket refers to the same open file: closing the copy alone would leave it in the epoll
  // set, so it is removed from the set first.
  if (watched_.is_open()) ::close(watched_.release());
  release_library();
}

void mosquitto_session::release_library() noexcept {
  if (handle_ != nullptr) mosquitto_destroy(handle_);
  handle_ = nullptr;
}

void mosquitto_session::end(connection_fault why) {
  auto* events = events_;
  events_ = nullptr;
  release();
  if (events != nullptr) events->on_session_end(std::move(why));
}

}  // namespace mqcoap
