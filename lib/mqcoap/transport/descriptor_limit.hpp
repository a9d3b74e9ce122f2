#pragma once

#include <cstddef>

namespace mqcoap {

/// The usual default limit of a process.
inline constexpr std::size_t usual_descriptor_limit = 1024;

/// Returns the number of file descriptors that a process with this many connections to brokers needs: each
/// has a socket, a duplicate of it that is watched, and the socket pair that libmosquitto uses to wake
/// itself; the log, HTTP and signals need some more.
constexpr std::size_t descriptors_for(std::size_t connections) noexcept { return 4 * connections + 100; }

/// Raises the limit of this process as far as allowed, up to the needs of any configuration.
/// @return the new limit; 0 if it is unknown
std::size_t raise_descriptor_limit(std::size_t needed) noexcept;

}  // namespace mqcoap
