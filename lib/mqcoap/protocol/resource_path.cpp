#include <mqcoap/protocol/resource_path.hpp>

#include <mqcoap/base/utf8.hpp>

namespace mqcoap {
namespace {

bool is_valid_segment(std::string_view segment) {
  return !segment.empty() && segment != "." && segment != "..";
}

}  // namespace

result<resource_path> resource_path::parse(std::string_view text, std::size_t limit) {
  if (text.size() > limit) return errc::too_large;
  bool is_ascii = true;
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return errc::invalid_path;
    is_ascii = is_ascii && static_cast<unsigned char>(c) < 0x80;
  }
  if (!is_ascii && !is_utf8(text)) return errc::invalid_path;
  std::string_view rest = text.starts_with('/') ? text.substr(1) : text;
  for (;;) {
    const auto slash = rest.find('/');
    if (!is_valid_segment(rest.substr(0, slash))) return errc::invalid_path;
    if (slash == std::string_view::npos) return resource_path(std::string(text));
    rest.remove_prefix(slash + 1);
  }
}

}  // namespace mqcoap
