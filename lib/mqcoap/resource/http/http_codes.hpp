#pragma once

#include <cstddef>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/backend/backend.hpp>
#include <mqcoap/resource/http/http_exchange.hpp>

// Conversion of the answers of servers to replies (docs/protocol.md, "HTTP servers as resources").
namespace mqcoap {

/// Returns the response code for a status that is not a success: the reverse of RFC 8075, section 7.
response_code code_of_status(unsigned status) noexcept;

/// Returns the reply for the outcome of a request. The caller adds the location of a new resource.
/// @param max_depth  nesting limit of JSON
backend_reply reply_of(method verb, http_outcome outcome, std::size_t max_depth);

}  // namespace mqcoap
