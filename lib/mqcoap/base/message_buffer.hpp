#pragma once

#include <cstddef>
#include <string>

namespace mqcoap {

/// Frees a buffer that has grown for a large message, instead of keeping it for the next one.
inline void release_if_large(std::string& buffer) {
  constexpr std::size_t largest_kept = std::size_t{4} << 20;
  if (buffer.capacity() > largest_kept) std::string().swap(buffer);
}

}  // namespace mqcoap
