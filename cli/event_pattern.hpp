#pragma once

#include <mqcoap/client/client.hpp>
#include <string>

#include "output.hpp"

// What `events` shows.
namespace mqcoap::cli {

/// `TAG/SUBSYSTEM/PATH` with * and ? in each part; parts that are left out stand for all.
class event_pattern {
 public:
  /// @throws usage_failure
  explicit event_pattern(const std::string& text);

  bool matches(const general_topic& topic) const;
  /// What to subscribe to: as narrow as the parts without wildcards allow.
  general_filter filter(general_topic::kind kind) const;

 private:
  std::string tag_ = "*";
  std::string subsystem_ = "*";
  std::string path_ = "*";
};

/// A line for an event, in the form that is asked for, with its line feed.
std::string show_event(const general_message& m, const output_format& how, unix_millis now);

}  // namespace mqcoap::cli
