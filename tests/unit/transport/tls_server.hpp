#pragma once

#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <support/certificates.hpp>
#include <utility>
#include <vector>

namespace mqcoap::test {

/// Accepts TLS connections and records what clients request; sends no application data.
class tls_server {
 public:
  tls_server(boost::asio::io_context& loop, const certificates::identity& identity)
      : context_(boost::asio::ssl::context::tls_server),
        acceptor_(loop, {boost::asio::ip::address_v4::loopback(), 0}) {
    context_.use_certificate_chain_file(identity.cert_file);
    context_.use_private_key_file(identity.key_file, boost::asio::ssl::context::pem);
    SSL_CTX_set_alpn_select_cb(context_.native_handle(), choose_protocol, &offered_protocol_);
    accept();
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void offer_at_most(int version) {
    SSL_CTX_set_cipher_list(context_.native_handle(), "DEFAULT@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(context_.native_handle(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.native_handle(), version);
  }

  void demand_certificate(const std::string& ca_file) {
    context_.load_verify_file(ca_file);
    context_.set_verify_mode(boost::asio::ssl::verify_peer | boost::asio::ssl::verify_fail_if_no_peer_cert);
  }

  int handshakes() const noexcept { return handshakes_; }     ///< successful handshakes
  const std::string& host() const noexcept { return host_; }  ///< the host requested last (SNI)
  const std::string& offered_protocol() const noexcept { return offered_protocol_; }

 private:
  using stream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;

  static int choose_protocol(SSL*, const unsigned char** out, unsigned char* size,
                             const unsigned char* offered, unsigned length, void* requested) {
    *out = offered + 1;
    *size = offered[0];
    static_cast<std::string*>(requested)->assign(reinterpret_cast<const char*>(offered) + 1, length - 1);
    return SSL_TLSEXT_ERR_OK;
  }

  void accept() {
    acceptor_.async_accept([this](boost::system::error_code error, boost::asio::ip::tcp::socket socket) {
      if (error) return;
      peers_.push_back(std::make_shared<stream>(std::move(socket), context_));
      const auto p = peers_.back();
      p->async_handshake(stream::server, [this, p](boost::system::error_code failed) {
        const char* name = SSL_get_servername(p->native_handle(), TLSEXT_NAMETYPE_host_name);
        host_ = name == nullptr ? "" : name;
        handshakes_ += failed ? 0 : 1;
      });
      accept();
    });
  }

  boost::asio::ssl::context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::vector<std::shared_ptr<stream>> peers_;
  int handshakes_ = 0;
  std::string host_;
  std::string offered_protocol_;
};

}  // namespace mqcoap::test
