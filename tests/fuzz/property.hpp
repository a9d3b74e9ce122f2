#pragma once

#include <cstdio>
#include <cstdlib>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/settings/source_file.hpp>
#include <string_view>

// The assertions of targets. A property that does not hold terminates the program, like a sanitizer:
// libFuzzer then saves the input, and the test of the corpus fails.
namespace mqcoap::fuzz {

[[noreturn]] inline void property_fails(const char* file, int line, const char* property) {
  std::fprintf(stderr, "%s:%d: this does not hold: %s\n", file, line, property);
  std::abort();
}

inline bool is_utf8(std::string_view text) {
  std::size_t bad_at = 0;
  return mqcoap::is_utf8(text, bad_at);
}

/// Returns true for text that a log and a terminal can show unchanged.
inline bool is_safe(std::string_view text, line_ends ends = line_ends::replaced) {
  return safe_text(text, ends) == text;
}

}  // namespace mqcoap::fuzz

#define HOLDS(property) \
  static_cast<bool>(property) ? void() : ::mqcoap::fuzz::property_fails(__FILE__, __LINE__, #property)
