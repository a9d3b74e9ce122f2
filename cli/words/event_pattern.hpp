#pragma once

#include <mqcoap/protocol/general_topic.hpp>
#include <string>
#include <string_view>

namespace mqcoap::cli {

/// A pattern of events, `TAG/SUBSYSTEM/PATH` with * and ? in each part; omitted parts match everything.
class event_pattern {
 public:
  /// Parses a pattern. @throws usage_failure
  explicit event_pattern(const std::string& text);

  bool matches(std::string_view tag, std::string_view subsystem, std::string_view path) const;
  /// Returns the filter to subscribe to: as narrow as the parts without wildcards allow.
  general_filter filter(general_topic::kind kind) const;

 private:
  std::string tag_ = "*";
  std::string subsystem_ = "*";
  std::string path_ = "*";
};

}  // namespace mqcoap::cli
