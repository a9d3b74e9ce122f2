#pragma once

#include <mqcoap/gateway/event_options.hpp>
#include <mqcoap/json/json_text.hpp>
#include <optional>

namespace mqcoap {

/// Returns true if a value should be published.
/// @param last  the value of the last event, if there was one
bool is_worth_publishing(const event_options& how, const json_text& value,
                         const std::optional<json_text>& last);

}  // namespace mqcoap
