#pragma once

#include <openssl/ssl.h>

#include <mqcoap/transport/tls_context.hpp>

namespace mqcoap {

/// The callbacks of OpenSSL; they find their tls_context through the application data of the SSL_CTX. None of
/// them lets an exception propagate through C code.
struct tls_context::hooks {
  static int on_password(char* buffer, int size, int, void* self) noexcept;
  static int on_verified(int accepted, X509_STORE_CTX* store) noexcept;
  static int on_certificate_requested(SSL* connection, X509**, EVP_PKEY**) noexcept;
  static void on_info(const SSL* connection, int where, int value) noexcept;
};

}  // namespace mqcoap
