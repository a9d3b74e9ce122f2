#pragma once

#include <cstddef>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/backend/backend.hpp>
#include <mqcoap/resource/http/http_exchange.hpp>

// Makes replies of the answers of servers (docs/protocol.md, "HTTP servers as resources").
namespace mqcoap {

/// Returns the response code for a status that is no success: RFC 8075, section 7, the other way round.
response_code code_of_status(unsigned status) noexcept;

/// Returns the reply for the outcome of a request. The location of something new is left to the caller.
/// @param max_depth  nesting limit of JSON
backend_reply reply_of(method verb, http_outcome outcome, std::size_t max_depth);

}  // namespace mqcoap
