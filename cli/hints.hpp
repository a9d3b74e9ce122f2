#pragma once

#include <mqcoap/transport/link_options.hpp>
#include <string>
#include <string_view>

#include "session.hpp"

// What to try when something went wrong. Every text is empty where there is nothing useful to say.
namespace mqcoap::cli {

/// `mqtt://HOST:PORT`, for error texts; never a password.
std::string place_of(const link_options& broker);

/// What to try when the broker cannot be reached or refuses us. @param why  the link's words
std::string hint_for_outage(std::string_view why, const link_options& broker);

/// What to try after an error answer.
std::string hint_for_answer(const exchange_record& e);

/// What to try when no answer came.
/// @param largest_packet  bytes that the broker takes in one; 0: it does not say
std::string hint_for_failure(const error_code& error, const address& to, const settled_options& options,
                             std::size_t largest_packet = 0);

}  // namespace mqcoap::cli
