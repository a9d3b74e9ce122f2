#include <mqcoap/transport/tls_library.hpp>

#include <openssl/ssl.h>

namespace mqcoap {

void start_tls_library() noexcept { OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, nullptr); }

}  // namespace mqcoap
