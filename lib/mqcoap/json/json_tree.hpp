#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// Builds the tree of text that `validate_json` accepted. Every number is the double nearest to its text, or
/// an integer where int64 or uint64 holds it. Of equal keys in one object the last one counts.
boost::json::value build_json(std::string_view validated);

/// A key that stands more than once in one object.
struct duplicate_key {
  std::string pointer;  ///< to the object, a JSON Pointer (RFC 6901)
  std::string key;      ///< decoded
};

/// Finds the first such key in text that `validate_json` accepted, however it is written: `a` and `\u0061`
/// are the same key.
std::optional<duplicate_key> find_duplicate_key(std::string_view validated);

/// Appends `/token` to a JSON Pointer, escaped (RFC 6901 section 3).
void append_pointer(std::string& pointer, std::string_view token);

}  // namespace mqcoap
