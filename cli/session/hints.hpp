#pragma once

#include <mqcoap/transport/link_options.hpp>
#include <mqcoap/transport/outage_cause.hpp>
#include <string>
#include <string_view>

#include "session/session.hpp"

// What to try when something went wrong. Every text is empty where there is nothing useful to say.
namespace mqcoap::cli {

/// `mqtt://HOST:PORT`, for error texts; never a password.
std::string place_of(const link_options& broker);

/// What to try when the broker cannot be reached or refuses us.
std::string hint_for_outage(const outage_cause& why, const link_options& broker);

/// What to try after an error answer. Precondition: there is an answer.
std::string hint_for_answer(const request_outcome& outcome, const request_spec& asked);

/// The line of mosquitto's acl_file without which devices cannot be asked, or their answers not be had.
/// @param tag  `+`: of all
std::string acl_line_for_requests(const namespace_name& ns, std::string_view tag);
std::string acl_line_for_answers(const namespace_name& ns, std::string_view tag);

/// What to try when no answer came. A write that may have been run is never simply to be sent again.
std::string hint_for_failure(const request_outcome& outcome, const request_spec& asked,
                             const settled_options& options);

}  // namespace mqcoap::cli
