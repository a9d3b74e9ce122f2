#pragma once

#include <cstddef>

namespace mqcoap {

/// What a process has by default.
inline constexpr std::size_t usual_descriptor_limit = 1024;

/// File descriptors of a process with so many connections to brokers: each has a socket, a copy of it that is
/// watched, and the pair by which libmosquitto wakes itself; the log, HTTP, signals and files take some more.
constexpr std::size_t descriptors_for(std::size_t connections) noexcept { return 4 * connections + 100; }

/// Raises the limit of this process as far as it may, up to what any configuration needs.
/// @return the limit in force; 0 if it is not known
std::size_t raise_descriptor_limit(std::size_t needed) noexcept;

}  // namespace mqcoap
