#include "words/timestamps.hpp"

#include <cstdio>
#include <ctime>

namespace mqcoap::cli {
namespace {

struct parts {
  std::time_t seconds;
  int millis;
};

parts split(unix_millis when) {
  auto millis = when.count % 1000;
  if (millis < 0) millis += 1000;
  return {static_cast<std::time_t>((when.count - millis) / 1000), static_cast<int>(millis)};
}

std::string formatted(const std::tm& tm, int millis, const char* pattern, const char* zone) {
  char text[48];
  const auto n = std::strftime(text, sizeof text, pattern, &tm);
  char tail[16];
  std::snprintf(tail, sizeof tail, ".%03d%s", millis, zone);
  return std::string(text, n) + tail;
}

}  // namespace

std::string time_of_day(unix_millis when) {
  const auto p = split(when);
  std::tm tm{};
  ::localtime_r(&p.seconds, &tm);
  return formatted(tm, p.millis, "%H:%M:%S", "");
}

std::string utc_time(unix_millis when) {
  const auto p = split(when);
  std::tm tm{};
  ::gmtime_r(&p.seconds, &tm);
  return formatted(tm, p.millis, "%Y-%m-%dT%H:%M:%S", "Z");
}

}  // namespace mqcoap::cli
