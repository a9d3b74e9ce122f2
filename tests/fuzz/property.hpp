#pragma once

#include <cstdio>
#include <cstdlib>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/settings/source_file.hpp>
#include <string_view>

// What targets assert. A property that does not hold ends the program, as a sanitizer does: libFuzzer then
// keeps the input, and the test of the corpus fails.
namespace mqcoap::fuzz {

[[noreturn]] inline void property_fails(const char* file, int line, const char* property) {
  std::fprintf(stderr, "%s:%d: this does not hold: %s\n", file, line, property);
  std::abort();
}

inline bool is_utf8(std::string_view text) {
  std::size_t bad_at = 0;
  return mqcoap::is_utf8(text, bad_at);
}

/// True for words that a log and a terminal can show as they are.
inline bool is_safe(std::string_view text, line_ends ends = line_ends::replaced) {
  return safe_text(text, ends) == text;
}

}  // namespace mqcoap::fuzz

#define HOLDS(property) \
  static_cast<bool>(property) ? void() : ::mqcoap::fuzz::property_fails(__FILE__, __LINE__, #property)
