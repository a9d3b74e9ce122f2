#include <mqcoap/protocol/method.hpp>

#include <mqcoap/base/ascii.hpp>

namespace mqcoap {

std::string_view to_string(method m) noexcept {
  switch (m) {
    case method::get: return "GET";
    case method::post: return "POST";
    case method::put: return "PUT";
    case method::del: return "DELETE";
  }
  return "";
}

std::optional<method> parse_method(std::string_view name) noexcept {
  for (method m : all_methods)
    if (ascii_iequal(name, to_string(m))) return m;
  return std::nullopt;
}

std::string to_string(method_set methods, std::string_view separator) {
  std::string text;
  for (method m : all_methods) {
    if (!methods.contains(m)) continue;
    if (!text.empty()) text += separator;
    text += to_string(m);
  }
  return text;
}

}  // namespace mqcoap
