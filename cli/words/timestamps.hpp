#pragma once

#include <mqcoap/base/clock.hpp>
#include <string>

namespace mqcoap::cli {

/// `14:03:07.123`, local time: for people who watch.
std::string time_of_day(unix_millis when);
/// `2026-01-31T13:03:07.123Z`: for programs (RFC 3339).
std::string utc_time(unix_millis when);

}  // namespace mqcoap::cli
