#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace mqcoap {

/// Bytes of a text that nobody is to see.
struct byte_range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Where secrets may stand in a text that could not be read to its end: from behind each word that names one
/// up to the line that surely is something else. For text that was read, the nodes tell.
std::vector<byte_range> zones_by_looks(std::string_view text);

}  // namespace mqcoap
