#pragma once

#include <mqcoap/base/clock.hpp>
#include <mqcoap/json/json_text.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "output/output.hpp"

namespace mqcoap::cli {

/// An observed event. One that violates the protocol is read as far as possible, so that events which other
/// programs drop are shown, too.
struct seen_event {
  std::string kind;  ///< `event` or `system`
  std::string tag;
  std::string subsystem;
  std::string path;
  bool retained = false;
  json_text body;  ///< the whole payload as a string if it has no readable body
  std::optional<unix_millis> sent_at{};
  std::string fault{};  ///< how it violates the protocol; empty: it does not
};

/// Reads an event. @return nothing if the topic is not `{namespace}/{subsystem}/event|system/{tag}/...`
std::optional<seen_event> read_event(std::string_view topic, std::string_view payload, bool retained);

/// Returns a line for an event, in the requested format, with its line feed. An error is added after a `!`.
std::string show_event(const seen_event& e, const output_format& how, unix_millis now);

}  // namespace mqcoap::cli
