#pragma once

#include <cstddef>
#include <functional>
#include <mqcoap/json/json_text.hpp>
#include <string>
#include <vector>

namespace mqcoap::cli {

/// The largest size of a VALUE in bytes; gateways and devices mostly accept less.
inline constexpr std::size_t largest_value = std::size_t{16} << 20;

/// Returns the contents of a file; `-` is standard input.
using file_reader = std::function<std::string(const std::string& name)>;

/// Builds a body from the arguments that follow an address:
/// - `key=value ...`: an object; each value is JSON, otherwise a string
/// - `@FILE`, `@-`: the contents of the file or of standard input, JSON, otherwise a string; a byte order
///   mark is ignored
/// - any other single argument: JSON, otherwise a string
/// Text that begins like an object, a list or a JSON string but is not valid JSON is rejected instead of
/// being sent as a string.
/// @throws usage_failure
json_text read_value(const std::vector<std::string>& words, const file_reader& read);

/// The help text about VALUE.
extern const char value_help[];

/// Reads at most `largest_value` bytes. @throws usage_failure
std::string read_input(const std::string& name);

}  // namespace mqcoap::cli
