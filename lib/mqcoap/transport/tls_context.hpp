#pragma once

#include <memory>
#include <mqcoap/transport/connection_fault.hpp>
#include <mqcoap/transport/tls_authorities.hpp>
#include <mqcoap/transport/tls_options.hpp>
#include <optional>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace mqcoap {

/// The OpenSSL context of one connection, and the result of its handshake. libmosquitto would check the
/// certificate against the address that it connects to; this class checks it against the configured host,
/// which is also sent to the broker (SNI), whatever address the name was resolved to.
class tls_context {
 public:
  /// @param host  as configured: a name or a numeric address
  tls_context(const tls_options& options, const trusted_authorities& authorities, std::string host);
  ~tls_context();
  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;

  /// Returns why the context cannot be used; its text is empty if it can.
  const tls_fault& fault() const noexcept { return fault_; }
  ssl_ctx_st* native() const noexcept { return native_.get(); }

  /// Returns true once the handshake has succeeded.
  bool is_through() const noexcept { return through_; }
  /// Returns which side rejected the other in the handshake and why; no fault if neither did.
  connection_fault refusal() const;
  /// Returns true if the broker requested a client certificate and none is configured. The broker
  /// may accept that.
  bool certificate_was_requested() const noexcept { return certificate_requested_; }
  /// Returns the error of the socket, as errno; 0: none. OpenSSL clears it without reporting it.
  int system_error() const noexcept { return system_error_; }

 private:
  /// Callbacks of OpenSSL.
  struct hooks;
  struct deleter {
    void operator()(ssl_ctx_st* p) const noexcept;
  };

  void set_up(const tls_options& options, const trusted_authorities& authorities);
  void identify(const tls_options& options);
  void expect_host(bool verify);
  void ask_for_protocol(const std::string& name);
  tls_fault key_fault(const tls_options& options) const;
  connection_fault alert_fault() const;
  connection_fault error_fault() const;

  std::unique_ptr<ssl_ctx_st, deleter> native_;
  const std::string host_;
  bool host_is_address_ = false;
  std::optional<secret> key_password_;
  bool key_encrypted_ = false;
  tls_fault fault_;

  // Results of the handshake.
  bool through_ = false;
  connection_fault verification_;       ///< the fault found in the broker's certificate
  bool certificate_requested_ = false;  ///< the broker requested a client certificate, and none is configured
  int alert_ = 0;                       ///< received from the broker; 0: none, or close_notify
  unsigned long error_ = 0;             ///< the error code of OpenSSL
  int system_error_ = 0;
};

/// Returns true if the connection is waiting to write rather than to read.
bool tls_wants_write(const ssl_st* connection) noexcept;
/// Returns true if decrypted data has not been read yet, which the socket does not show.
bool tls_has_unread(const ssl_st* connection) noexcept;

}  // namespace mqcoap
