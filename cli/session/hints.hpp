#pragma once

#include <mqcoap/transport/link_options.hpp>
#include <mqcoap/transport/outage_cause.hpp>
#include <string>
#include <string_view>

#include "session/session.hpp"

// Hints for users after errors. An empty text means that there is no useful hint.
namespace mqcoap::cli {

/// Returns `mqtt://HOST:PORT`, for error messages; never contains a password.
std::string place_of(const link_options& broker);

/// Returns the hint for a broker that cannot be reached or refuses the connection.
std::string hint_for_outage(const outage_cause& why, const link_options& broker);

/// Returns the hint for an error answer. Precondition: an answer was received.
std::string hint_for_answer(const request_outcome& outcome, const request_spec& spec);

/// Return the line of mosquitto's acl_file that allows sending requests to devices, or reading their answers.
/// @param tag  `+` for all devices
std::string acl_line_for_requests(const namespace_name& ns, std::string_view tag);
std::string acl_line_for_answers(const namespace_name& ns, std::string_view tag);

/// Returns the hint for a missing answer. It never suggests simply repeating a write that may have been run.
std::string hint_for_failure(const request_outcome& outcome, const request_spec& spec,
                             const settled_options& options);

}  // namespace mqcoap::cli
