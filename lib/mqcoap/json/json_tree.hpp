#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// Builds the tree of values from text that `validate_json` accepted. Every number is the double nearest to
/// its text, or an integer if int64 or uint64 can hold it. Of equal keys in one object the last one is used.
boost::json::value build_json(std::string_view validated);

/// A key that occurs more than once in one object.
struct duplicate_key {
  std::string pointer;  ///< JSON Pointer (RFC 6901) to the object
  std::string key;      ///< decoded
};

/// Finds the first duplicate key in text that `validate_json` accepted. Compares decoded keys: `a` and
/// `\u0061` are the same key.
std::optional<duplicate_key> find_duplicate_key(std::string_view validated);

/// Appends `/token` to a JSON Pointer, escaped (RFC 6901 section 3).
void append_pointer(std::string& pointer, std::string_view token);

}  // namespace mqcoap
