#pragma once

#include <mqcoap/base/clock.hpp>
#include <string>

namespace mqcoap::cli {

/// Formats local time for people: `14:03:07.123`.
std::string time_of_day(unix_millis when);
/// Formats a time for programs (RFC 3339): `2026-01-31T13:03:07.123Z`.
std::string utc_time(unix_millis when);

}  // namespace mqcoap::cli
