#pragma once

#include <mqcoap/gateway/event_options.hpp>
#include <mqcoap/json/json_text.hpp>
#include <optional>

namespace mqcoap {

/// True if a value that was read is told as an event.
/// @param last  the value of the last event; nothing: there was none
bool is_worth_telling(const event_options& how, const json_text& value, const std::optional<json_text>& last);

}  // namespace mqcoap
