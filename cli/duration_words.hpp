#pragma once

#include <chrono>
#include <string>

namespace mqcoap::cli {

/// With a unit and about three digits, for a person: `0.42 ms`, `12.3 ms`, `5.00 s`.
std::string to_words(std::chrono::nanoseconds duration);

/// For programs: milliseconds, exact to the microsecond.
double milliseconds_of(std::chrono::nanoseconds duration);

}  // namespace mqcoap::cli
