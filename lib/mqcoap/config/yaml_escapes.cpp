#include <mqcoap/config/yaml_escapes.hpp>

#include <mqcoap/settings/source_file.hpp>

namespace mqcoap::config {

std::string with_whole_escapes(std::string decoded) {
  std::size_t from = 0;
  std::size_t bad_at = 0;
  while (!is_utf8(std::string_view(decoded).substr(from), bad_at)) {
    const std::size_t at = from + bad_at;
    if (decoded[at] != '\xa0' && decoded[at] != '\x85') break;
    decoded.insert(at, 1, '\xc2');
    from = at + 2;
  }
  return decoded;
}

}  // namespace mqcoap::config
