#pragma once

#include <string>
#include <string_view>

// Colours for terminals (ECMA-48, section 8.3.117).
namespace mqcoap::cli {

namespace colours {
inline constexpr std::string_view red = "\033[31m";
inline constexpr std::string_view green = "\033[32m";
inline constexpr std::string_view yellow = "\033[33m";
inline constexpr std::string_view blue = "\033[34m";
inline constexpr std::string_view cyan = "\033[36m";
inline constexpr std::string_view dim = "\033[2m";
inline constexpr std::string_view bold = "\033[1m";
inline constexpr std::string_view off = "\033[0m";
}  // namespace colours

inline std::string coloured(std::string_view text, std::string_view colour, bool on) {
  if (!on) return std::string(text);
  return std::string(colour).append(text).append(colours::off);
}

}  // namespace mqcoap::cli
