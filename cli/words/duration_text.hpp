#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace mqcoap::cli {

/// The longest duration for which a verb may watch.
inline constexpr std::chrono::hours longest_watch{24 * 366};

/// Parses a duration of at least 1 ms from an option or the environment, written as in a configuration:
/// `500ms`, `5s`, `2min`. @param where  the name of the option, for error messages: `--for`
/// @throws usage_failure
std::chrono::milliseconds duration_of(const std::string& where, std::string_view text,
                                      std::chrono::milliseconds most = longest_watch);

/// Formats a duration for people, with a unit and about three digits: `0.42 ms`, `12.3 ms`, `5.00 s`.
std::string to_text(std::chrono::nanoseconds duration);

/// Returns milliseconds for programs, rounded to the microsecond.
double milliseconds_of(std::chrono::nanoseconds duration);

}  // namespace mqcoap::cli
