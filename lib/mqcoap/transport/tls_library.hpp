#pragma once

namespace mqcoap {

/// Initializes OpenSSL so that it is not cleaned up at the end of the program, when a detached thread may
/// still be reading authorities. Call it before any other initialization, such as libmosquitto's.
/// @par Threads  May be called on any thread, any number of times.
void start_tls_library() noexcept;

}  // namespace mqcoap
