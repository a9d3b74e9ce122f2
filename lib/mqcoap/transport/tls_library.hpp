#pragma once

namespace mqcoap {

/// Starts OpenSSL so that it is not cleaned up at the end of the program: a thread that nobody waits for may
/// still read authorities then. Comes before anything else that starts it, as libmosquitto does.
/// @par Threads  Any, and any number of times.
void start_tls_library() noexcept;

}  // namespace mqcoap
