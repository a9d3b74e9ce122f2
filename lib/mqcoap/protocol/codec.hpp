#pragma once

#include <cstddef>
#include <cstdint>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/general.hpp>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/protocol/request.hpp>
#include <mqcoap/protocol/response.hpp>
#include <string>
#include <string_view>
#include <variant>

namespace mqcoap {

/// Limits for decoding (docs/protocol.md, "Payloads"). A larger payload is rejected with 413, other
/// violations with 400.
struct payload_limits {
  std::size_t payload = 256 * 1024;                 ///< bytes
  std::size_t depth = 32;                           ///< nesting of objects and arrays
  std::size_t path = resource_path::default_limit;  ///< bytes
};

/// The values that are accepted in `response_code`.
enum class code_rules : std::uint8_t {
  table,    ///< one of the 21
  foreign,  ///< also other 2xx, 4xx and 5xx, folded into the 21 (docs/protocol.md, "Proxying")
};

/// How strictly payloads are validated, and their size limits (docs/protocol.md, "Payloads"). The defaults
/// are as strict as the protocol.
struct decode_rules {
  payload_limits limits;
  validation ids =
      validation::strict;  ///< of request and correlation ids, and whether a timestamp is required
  code_rules codes = code_rules::table;  ///< of responses
};

/// Why a payload was rejected.
struct decode_fault {
  response_code code = response_code::bad_request;  ///< the code of the answer to a request with this fault
  std::string field;    ///< name of the offending field; empty: the payload as a whole
  std::string message;  ///< what is wrong and what is expected, naming the field

  /// What could be read from the header, for the answer: JSON texts, empty where nothing valid was found.
  std::string path;
  std::string correlation_id;
};

/// The result of decoding a payload.
using decoded_message = std::variant<request, response, general>;

/// Decodes any payload. Any bytes result in a message or a fault; only std::bad_alloc is thrown. The header
/// determines the kind: with `method` it is a request, with `response_code` a response, with neither a
/// general payload. Bodies and unknown fields are validated, not parsed.
result<decoded_message, decode_fault> decode(std::string_view payload, const decode_rules& rules);

/// Decodes a request that arrived under a topic with this id: a payload of another kind, or with another id,
/// is also a fault.
result<request, decode_fault> decode_request(std::string_view payload, std::string_view topic_id,
                                             const decode_rules& rules);

/// Decodes a response; a payload of another kind is a fault, as is one that has `method` in
/// addition to `response_code`.
result<response, decode_fault> decode_response(std::string_view payload, const decode_rules& rules);

/// The format in which requests are encoded (docs/protocol.md, "Payloads").
enum class wire_format : std::uint8_t {
  full,     ///< every field, explicit nulls, method by name: what the Python library sends
  compact,  ///< no nulls, method as integer: fits a microcontroller's buffer
};

/// Appends the payload of a request. Without `sent_at`, no timestamp is written.
void encode(std::string& out, const request& r, wire_format format = wire_format::full);

/// Appends the payload of the answer to a request.
/// @param tag  the `source` if the answer names no other
void encode_answer(std::string& out, const answer& a, const request& to, std::string_view tag,
                   unix_millis now);

/// Appends the payload that answers a request which could not be decoded.
/// @param topic_id  the `request_id` of the answer
void encode_fault(std::string& out, const decode_fault& fault, std::string_view topic_id,
                  std::string_view tag, unix_millis now);

/// Appends a general payload.
void encode(std::string& out, const general& g);

}  // namespace mqcoap
