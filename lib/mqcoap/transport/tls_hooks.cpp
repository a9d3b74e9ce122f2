#include <mqcoap/transport/tls_hooks.hpp>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <string_view>
#include <utility>

// Handles the results of a handshake.

namespace mqcoap {
namespace {

using kind = connection_fault::kind;

constexpr std::size_t longest_names = 200;  // bytes of the names in a broker's certificate that are logged

tls_context& context_of(const SSL* connection) {
  return *static_cast<tls_context*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)));
}

/// Appends a name from a certificate that is not yet verified, with unprintable characters replaced, because
/// it is logged.
void append_name(std::string& to, std::string_view name) {
  if (!to.empty()) to += ", ";
  for (const char c : name) to += c >= ' ' && c <= '~' ? c : '?';
}

std::string names_in(const X509* certificate) {
  std::string names;
  auto* found =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(found); ++i) {
    const auto* entry = sk_GENERAL_NAME_value(found, i);
    const auto* text = entry->d.ia5;
    if (entry->type == GEN_DNS)
      append_name(names, {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                          static_cast<std::size_t>(ASN1_STRING_length(text))});
    if (entry->type == GEN_IPADD) {
      char address[INET6_ADDRSTRLEN] = "";
      const bool v4 = ASN1_STRING_length(entry->d.iPAddress) == 4;
      ::inet_ntop(v4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(entry->d.iPAddress), address,
                  sizeof address);
      append_name(names, address);
    }
  }
  GENERAL_NAMES_free(found);
  if (names.empty()) {
    char common[256] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, common, sizeof common);
    append_name(names, common);
  }
  if (names.size() > longest_names) {
    names.resize(longest_names);
    names += "...";
  }
  return names.empty() ? "nobody" : names;
}

std::string date(const ASN1_TIME* when) {
  std::tm parts{};
  std::array<char, 32> text{};
  if (ASN1_TIME_to_tm(when, &parts) != 1) return "an unknown date";
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return {text.data(), size};
}

connection_fault wrong_host(bool is_authority, const X509* certificate, const std::string& host,
                            bool is_address) {
  auto names = names_in(certificate);
  const bool has_host = (", " + names + ", ").find(", " + host + ", ") != std::string::npos;
  return {.what = kind::tls_wrong_host,
          .host = host,
          .certificate = {.is_authority = is_authority,
                          .names = std::move(names),
                          .host_is_address = is_address,
                          .names_host_elsewhere = is_address && has_host}};
}

/// Returns true for an error that only means that the operation must be repeated.
bool must_repeat(int error) { return error == EAGAIN || error == EINTR || error == EINPROGRESS; }

connection_fault verification_fault(int error, int depth, const X509* certificate, const std::string& host) {
  const bool is_authority = depth > 0;
  const auto dated = [&](kind what, const ASN1_TIME* when) -> connection_fault {
    return {.what = what, .certificate = {.is_authority = is_authority, .date = date(when)}};
  };
  switch (error) {
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return wrong_host(is_authority, certificate, host, true);
    case X509_V_ERR_HOSTNAME_MISMATCH: return wrong_host(is_authority, certificate, host, false);
    case X509_V_ERR_CERT_HAS_EXPIRED: return dated(kind::tls_expired, X509_get0_notAfter(certificate));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return dated(kind::tls_not_yet_valid, X509_get0_notBefore(certificate));
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED:
      return {.what = kind::tls_untrusted, .quoted = X509_verify_cert_error_string(error)};
    default:
      return {.what = kind::tls_not_accepted,
              .quoted = X509_verify_cert_error_string(error),
              .certificate = {.is_authority = is_authority}};
  }
}

}  // namespace

int tls_context::hooks::on_password(char* buffer, int size, int, void* self) noexcept {
  auto& c = *static_cast<tls_context*>(self);
  c.key_encrypted_ = true;
  if (!c.key_password_) return -1;
  const auto text = c.key_password_->reveal();
  if (text.size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(buffer, text.data(), text.size());
  return static_cast<int>(text.size());
}

int tls_context::hooks::on_verified(int accepted, X509_STORE_CTX* store) noexcept {
  if (accepted == 1) return 1;
  const auto* connection =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& c = context_of(connection);
  c.verification_ = verification_fault(X509_STORE_CTX_get_error(store), X509_STORE_CTX_get_error_depth(store),
                                       X509_STORE_CTX_get_current_cert(store), c.host_);
  return accepted;
}

/// Called only if there is no client certificate.
int tls_context::hooks::on_certificate_requested(SSL* connection, X509**, EVP_PKEY**) noexcept {
  context_of(connection).certificate_requested_ = true;
  return 0;
}

void tls_context::hooks::on_info(const SSL* connection, int where, int value) noexcept {
  const int error = errno;
  auto& c = context_of(connection);
  if ((where & SSL_CB_HANDSHAKE_START) != 0 && !c.through_) {
    // This is the last moment to replace the address that the library has set with the host. A numeric host
    // is not sent at all (RFC 6066 section 3).
    auto* name = c.host_is_address_ ? nullptr : const_cast<char*>(c.host_.c_str());
    SSL_ctrl(const_cast<SSL*>(connection), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name);
  }
  if ((where & SSL_CB_HANDSHAKE_DONE) != 0) c.through_ = true;
  if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) c.alert_ = value & 0xff;
  if ((where & SSL_CB_CONNECT_EXIT) == SSL_CB_CONNECT_EXIT && value <= 0) {
    c.error_ = ERR_peek_last_error();
    if (c.error_ == 0 && SSL_want(connection) == SSL_WRITING && !must_repeat(error)) c.system_error_ = error;
  }
}

connection_fault tls_context::refusal() const {
  if (verification_) return verification_;
  if (alert_ != 0) return alert_fault();
  return through_ ? connection_fault{} : error_fault();
}

connection_fault tls_context::alert_fault() const {
  if (certificate_requested_) return {.what = kind::tls_certificate_wanted};
  switch (alert_) {
    case SSL_AD_PROTOCOL_VERSION: return {.what = kind::tls_too_old};
    case SSL_AD_UNRECOGNIZED_NAME: return {.what = kind::tls_host_unknown, .host = host_};
    case SSL_AD_NO_APPLICATION_PROTOCOL: return {.what = kind::tls_no_protocol};
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
      return {.what = kind::tls_certificate_denied, .quoted = SSL_alert_desc_string_long(alert_)};
    default: return {.what = kind::tls_alert, .quoted = SSL_alert_desc_string_long(alert_)};
  }
}

connection_fault tls_context::error_fault() const {
  if (error_ == 0 || ERR_GET_LIB(error_) != ERR_LIB_SSL) return {};
  switch (ERR_GET_REASON(error_)) {
    case SSL_R_UNEXPECTED_EOF_WHILE_READING: return {};  // closed, which the socket reports
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST: return {.what = kind::tls_not_spoken};
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_WRONG_SSL_VERSION: return {.what = kind::tls_too_old};
    default: break;
  }
  const auto* reason = ERR_reason_error_string(error_);
  return {.what = kind::tls_failed, .quoted = reason == nullptr ? "" : reason};
}

bool tls_wants_write(const ssl_st* connection) noexcept {
  return connection != nullptr && SSL_want(connection) == SSL_WRITING;
}

bool tls_has_unread(const ssl_st* connection) noexcept {
  return connection != nullptr && SSL_pending(connection) > 0;
}

}  // namespace mqcoap
