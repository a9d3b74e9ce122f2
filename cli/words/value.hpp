#pragma once

#include <cstddef>
#include <functional>
#include <mqcoap/json/json_text.hpp>
#include <string>
#include <vector>

namespace mqcoap::cli {

/// The largest size of a VALUE in bytes; gateways and devices mostly accept less.
inline constexpr std::size_t largest_value = std::size_t{16} << 20;

/// Returns the bytes of a file, `-` for standard input.
using file_reader = std::function<std::string(const std::string& name)>;

/// Makes a body of the words after an address:
/// - `key=value ...`: an object; each value JSON, else a string
/// - `@FILE`, `@-`: what the file or standard input holds, JSON, else a string; a byte order mark does not
/// count
/// - one other word: JSON, else a string
/// What begins like an object, a list or a JSON string and is none is refused, not sent as a string.
/// @throws usage_failure
json_text read_value(const std::vector<std::string>& words, const file_reader& read);

/// The help text about VALUE.
extern const char value_help[];

/// Reads at most `largest_value` bytes. @throws usage_failure
std::string read_input(const std::string& name);

}  // namespace mqcoap::cli
