#include <mqcoap/transport/tls_context.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <mqcoap/transport/tls_hooks.hpp>
#include <mqcoap/transport/tls_text.hpp>
#include <utility>

// Sets up everything before a connection. tls_hooks.cpp handles the results of the handshake.

namespace mqcoap {
namespace {

bool is_address(const std::string& host) {
  auto* bytes = a2i_IPADDRESS(host.c_str());
  ASN1_OCTET_STRING_free(bytes);
  return bytes != nullptr;
}

}  // namespace

void tls_context::deleter::operator()(ssl_ctx_st* p) const noexcept { SSL_CTX_free(p); }

tls_context::tls_context(const tls_options& options, const trusted_authorities& authorities, std::string host)
    : native_(SSL_CTX_new(TLS_client_method())),
      host_(std::move(host)),
      host_is_address_(is_address(host_)),
      key_password_(options.key_password) {
  if (native_)
    set_up(options, authorities);
  else
    fault_.message = "OpenSSL cannot be initialized" + last_reason();
  ERR_clear_error();
}

tls_context::~tls_context() = default;

void tls_context::set_up(const tls_options& options, const trusted_authorities& authorities) {
  auto* ctx = native();
  SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
  SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
  // The library may repeat a write from another buffer, and accepts partial writes.
  SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_app_data(ctx, this);
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, hooks::on_verified);
  SSL_CTX_set_info_callback(ctx, hooks::on_info);
  SSL_CTX_set_client_cert_cb(ctx, hooks::on_certificate_requested);
  fault_ = authorities.fault;
  if (authorities.store) SSL_CTX_set1_cert_store(ctx, authorities.store.get());
  if (fault_.message.empty()) identify(options);
  if (fault_.message.empty()) expect_host(options.verify_host);
  if (fault_.message.empty()) ask_for_protocol(options.alpn);
}

void tls_context::identify(const tls_options& options) {
  using enum tls_fault::option;
  if (options.cert_file.empty() && options.key_file.empty()) return;
  if (options.cert_file.empty() || options.key_file.empty()) {
    const bool only_key = options.cert_file.empty();
    fault_ = {only_key ? key_file : cert_file,
              only_key ? "the key " + options.key_file + " is given without a certificate"
                       : "the certificate " + options.cert_file + " is given without a key"};
    return;
  }
  if (fault_ = {cert_file, unreadable(options.cert_file)}; !fault_.message.empty()) return;
  if (fault_ = {key_file, unreadable(options.key_file)}; !fault_.message.empty()) return;
  if (SSL_CTX_use_certificate_chain_file(native(), options.cert_file.c_str()) != 1) {
    fault_ = {cert_file, options.cert_file + " holds no usable certificate in PEM form" + last_reason()};
    return;
  }
  // Without this callback OpenSSL would ask for the password on the terminal.
  SSL_CTX_set_default_passwd_cb(native(), hooks::on_password);
  SSL_CTX_set_default_passwd_cb_userdata(native(), this);
  if (SSL_CTX_use_PrivateKey_file(native(), options.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(native()) != 1)
    fault_ = key_fault(options);
}

tls_fault tls_context::key_fault(const tls_options& options) const {
  using enum tls_fault::option;
  const auto error = ERR_peek_last_error();
  const bool other_key = ERR_GET_LIB(error) == ERR_LIB_X509 || ERR_GET_LIB(error) == ERR_LIB_SSL;
  if (other_key && ERR_GET_REASON(error) != ERR_R_PEM_LIB)
    return {key_file,
            "the key in " + options.key_file + " does not belong to the certificate in " + options.cert_file};
  if (key_encrypted_ && !key_password_)
    return {key_file, "the key in " + options.key_file + " is encrypted, and no password is given"};
  if (key_encrypted_)
    return {key_password, "the given password does not decrypt the key in " + options.key_file};
  return {key_file, options.key_file + " holds no usable private key in PEM form" + last_reason()};
}

void tls_context::expect_host(bool verify) {
  if (!verify) return;
  auto* wanted = SSL_CTX_get0_param(native());
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const int set = host_is_address_ ? X509_VERIFY_PARAM_set1_ip_asc(wanted, host_.c_str())
                                   : X509_VERIFY_PARAM_set1_host(wanted, host_.data(), host_.size());
  if (set != 1) fault_.message = "a certificate cannot be checked for the host '" + host_ + '\'';
}

void tls_context::ask_for_protocol(const std::string& name) {
  constexpr std::size_t longest = 255;  // RFC 7301 section 3.1
  if (name.empty()) return;
  if (name.size() > longest) {
    fault_ = {tls_fault::option::alpn, "the name of an application protocol (ALPN) has at most 255 bytes"};
    return;
  }
  const auto list = static_cast<char>(name.size()) + name;
  SSL_CTX_set_alpn_protos(native(), reinterpret_cast<const unsigned char*>(list.data()),
                          static_cast<unsigned>(list.size()));
}

tls_fault find_fault(const tls_options& options) {
  return tls_context(options, *read_authorities(options), "localhost").fault();
}

std::string check(const tls_options& options) { return find_fault(options).message; }

}  // namespace mqcoap
