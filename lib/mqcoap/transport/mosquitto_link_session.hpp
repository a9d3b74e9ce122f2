#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mqcoap/exchange/stall_watch.hpp>
#include <mqcoap/transport/connection_fault.hpp>
#include <mqcoap/transport/link.hpp>
#include <mqcoap/transport/link_options.hpp>
#include <mqcoap/transport/packet_limit.hpp>
#include <mqcoap/transport/tls_context.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct mosquitto;

namespace mqcoap {

/// The callbacks of a session to its owner, on the executor. Only `on_session_message`, `on_session_written`
/// and `on_session_subscribed` are called from inside the library; `close` may be called from all of them.
class session_events {
 public:
  virtual void on_session_up() noexcept = 0;
  /// Called once, as the last callback, after the library handle and its socket were released.
  /// @param why  no fault: `finish` was called, everything is written, and the broker closed the
  ///   connection, or did not do so within a second
  virtual void on_session_end(connection_fault why) noexcept = 0;
  virtual void on_session_message(const inbound& m) noexcept = 0;
  /// Called when a message is written (QoS 0) or acknowledged (QoS 1). @param denied  the broker refused it
  virtual void on_session_written(int id, bool denied) noexcept = 0;
  /// Called with one reason code per filter of the SUBSCRIBE.
  virtual void on_session_subscribed(int id, std::span<const int> reasons) noexcept = 0;
  /// Called after messages, from outside the library, when no more are available.
  virtual void on_session_messages_end() noexcept = 0;
  /// Called when something was written or acknowledged, so that the owner can pass on more.
  virtual void on_session_room() noexcept = 0;
  /// Called every second while connected.
  virtual void on_session_tick() noexcept = 0;

 protected:
  ~session_events() = default;
};

/// One MQTT connection: one handle of libmosquitto on one socket, driven by the executor. It is never reused,
/// so that nothing of it (queues, late events) can reach the next one.
///
/// Measurements led to the way in which it is driven:
/// - The library is told that it is threaded, although there is no thread: then it only queues every publish
///   and acknowledgement, and they are sent with one flush per wake-up; a burst has an earlier one for its
///   first packets.
/// - A wake-up reads until a call causes no callback (errno is not reliable), but at most 64 calls, and until
///   512 callbacks. When messages arrive one at a time, most wake-ups read only once.
/// - More than one packet in a flush goes out under TCP_CORK: the library writes once per packet.
/// - It watches a duplicate of the library's socket, which the library may close at any time.
class mosquitto_session final : public std::enable_shared_from_this<mosquitto_session> {
 public:
  /// @param authorities  never null with TLS; used only in the constructor
  /// @param host  of the options, or of one of their fallbacks: the name that TLS verifies
  ///   in the certificate
  mosquitto_session(boost::asio::any_io_executor executor, session_events& events,
                    const link_options& options, const trusted_authorities* authorities,
                    const std::string& host, const std::string& client_id, mqtt_protocol protocol);
  ~mosquitto_session();
  mosquitto_session(const mosquitto_session&) = delete;
  mosquitto_session& operator=(const mosquitto_session&) = delete;

  /// Returns the keepalive to request: the library accepts none shorter than 5 s.
  static std::chrono::seconds keepalive_of(const link_options& options) noexcept;
  /// Starts connecting. @param address  numeric: resolving a name would block the loop
  /// @return false if that failed at once; then no callback follows, and `failure` has the reason
  bool open(const std::string& address, std::uint16_t port);
  const connection_fault& failure() const noexcept { return failure_; }

  /// Passes a message to the library. Nothing is written inside this call.
  /// @par Errors  errc::too_large, errc::invalid_topic, errc::denied, errc::queue_full, errc::not_connected
  error_code publish(const char* topic, std::string_view payload, bool retain, int& id);
  /// Whether a subscription delivers messages that this connection publishes itself.
  enum class own_messages : std::uint8_t { come, stay_away };
  /// Returns true if that can be disabled, which requires MQTT 5.
  bool supports_no_local() const noexcept { return v5_; }
  /// See `link::server`.
  std::string server();
  /// Returns the size of the packet that carries such a message.
  std::size_t packet_size(std::size_t topic, std::size_t payload) const noexcept {
    return publish_size(topic, payload, qos_, v5_);
  }
  /// Returns the largest packet that the broker accepts according to its CONNACK; 0: it announces none.
  std::size_t announced_packet() const noexcept { return announced_packet_; }
  int qos() const noexcept { return qos_; }
  /// Returns true if nothing is waiting to be sent, neither here nor in the kernel.
  bool all_has_left() noexcept;
  /// @return the packet id, or 0 if nothing was sent
  int subscribe(const std::vector<std::string>& filters, own_messages ours = own_messages::come);
  void unsubscribe(const std::string& filter);

  /// Disconnects after all messages passed so far; `on_session_end` is called without a fault when the broker
  /// has closed the connection, or a second later.
  void finish();
  /// Drops the connection immediately. No callback follows.
  void close() noexcept;

 private:
  static constexpr std::chrono::seconds tick_interval{1};  ///< required by the library's keepalive

  void configure(const link_options& options, const trusted_authorities* authorities, const std::string& host,
                 mqtt_protocol protocol);
  void set_will(const last_will& will);
  void set_tls(const tls_options& tls, const trusted_authorities& authorities, const std::string& host);
  void set_callbacks();
  void set_largest_packet(std::size_t max_inbound);

  void wait_readable();
  void wait_writable();
  void wait_tick(std::chrono::milliseconds in);
  void on_readable();
  void on_writable();
  void on_tick();

  void flush();
  void post_flush() noexcept;
  /// Notes that something was queued in the library: it is sent with the next flush.
  void queued_packet();
  bool has_died();
  bool expects_one() const noexcept;
  /// Compares the clock with the last iteration of the event loop.
  void note_turn() noexcept;
  void note_all_is_read() noexcept;
  bool in_handshake() const noexcept { return tls_ && !tls_->is_through(); }
  ssl_st* tls_connection() const noexcept;

  /// Calls the library, which calls back, and handles the results of the callbacks. Returns false if the
  /// session is over.
  template <class Call>
  bool in_library(Call call);
  bool settle();
  void library_closed(int code, int error) noexcept;
  void report_end();
  /// After the DISCONNECT is written, continues reading until the broker closes as well.
  void await_close();
  void read_to_close();
  void report_loss();
  void end(connection_fault why);
  void release() noexcept;
  void release_library() noexcept;

  boost::asio::any_io_executor executor_;
  session_events* events_;  ///< null after `close` and after the last callback
  boost::asio::posix::stream_descriptor watched_;
  boost::asio::steady_timer tick_;
  stall_watch stall_;
  std::unique_ptr<tls_context> tls_;  ///< null: without TLS
  mosquitto* handle_ = nullptr;
  int qos_;
  int keepalive_;
  std::chrono::milliseconds connect_limit_;
  bool v5_ = false;
  bool retains_ = true;  ///< the broker supports retained messages
  std::size_t announced_packet_ = 0;
  connection_fault failure_;  ///< why it cannot be opened

  std::uint64_t callbacks_ = 0;      ///< counts callbacks, to detect whether a read produced anything
  std::uint32_t unflushed_ = 0;      ///< packets queued since the last flush
  std::size_t unflushed_bytes_ = 0;  ///< total size of their payloads
  int connack_ = -1;                 ///< reason code of the CONNACK
  int disconnect_ = 0;               ///< the library's code in the disconnect callback
  int socket_error_ = 0;             ///< seen before the CONNACK; ECONNRESET also stands for a clean close
  bool inside_ = false;              ///< a library call is on the stack: the handle must not be destroyed
  unsigned alone_ = 0;               ///< consecutive wake-ups that received one message each
  bool draining_ = false;            ///< a flush follows in any case
  bool flush_posted_ = false;
  bool waiting_writable_ = false;
  bool up_ = false;
  bool gone_ = false;     ///< the library closed its socket
  bool closing_ = false;  ///< `close` was called inside a library call
  bool finishing_ = false;
};

}  // namespace mqcoap
