#pragma once

#include <mqcoap/base/clock.hpp>
#include <mqcoap/json/json_text.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "output/output.hpp"

namespace mqcoap::cli {

/// An event as it was seen. One that breaks the protocol is read as far as it can be: who looks for a
/// device's events wants to see those that others drop.
struct seen_event {
  std::string kind;  ///< `event` or `system`
  std::string tag;
  std::string subsystem;
  std::string path;
  bool retained = false;
  json_text body;  ///< of a payload that has none that can be read: all of it, text as a string
  std::optional<unix_millis> sent_at{};
  std::string fault{};  ///< how it breaks the protocol, in words; empty: it does not
};

/// Nothing for a topic that is not `{namespace}/{subsystem}/event|system/{tag}/...`.
std::optional<seen_event> read_event(std::string_view topic, std::string_view payload, bool retained);

/// A line for an event, in the form that is asked for, with its line feed. A fault stands behind a `!`.
std::string show_event(const seen_event& e, const output_format& how, unix_millis now);

}  // namespace mqcoap::cli
