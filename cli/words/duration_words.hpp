#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace mqcoap::cli {

/// The longest time that a verb may be told to watch.
inline constexpr std::chrono::hours longest_watch{24 * 366};

/// Reads a duration that stands behind an option or in the environment, written as in a configuration:
/// `500ms`, `5s`, `2min`. At least 1 ms. @param where  of whom the error speaks: `--for`.
/// @throws usage_failure
std::chrono::milliseconds duration_of(const std::string& where, std::string_view text,
                                      std::chrono::milliseconds most = longest_watch);

/// With a unit and about three digits, for a person: `0.42 ms`, `12.3 ms`, `5.00 s`.
std::string to_words(std::chrono::nanoseconds duration);

/// For programs: milliseconds, exact to the microsecond.
double milliseconds_of(std::chrono::nanoseconds duration);

}  // namespace mqcoap::cli
