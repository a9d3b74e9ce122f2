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

/// Bounds on what is decoded (docs/protocol.md, "Payloads"). What is larger is refused with 413 (payload) or
/// 400.
struct payload_limits {
  std::size_t payload = 256 * 1024;                 ///< bytes
  std::size_t depth = 32;                           ///< objects and arrays within each other
  std::size_t path = resource_path::default_limit;  ///< bytes
};

/// What may stand in `response_code`.
enum class code_rules : std::uint8_t {
  table,    ///< one of the 21
  foreign,  ///< also other 2xx, 4xx and 5xx, folded into the 21 (docs/protocol.md, "Proxying")
};

/// How exact a payload must be, and how large it may be (docs/protocol.md, "Payloads"). By default as exact
/// as the protocol is.
struct decode_rules {
  payload_limits limits;
  validation ids =
      validation::strict;  ///< of request and correlation ids, and whether a timestamp must be there
  code_rules codes = code_rules::table;  ///< of responses
};

/// Why a payload was refused.
struct decode_fault {
  response_code code = response_code::bad_request;  ///< what a request with this fault is answered with
  std::string field;  ///< name of the field at fault; empty: the payload as a whole
  std::string words;  ///< what is wrong and what would be right, naming the field

  /// What was found of the header, for the answer: JSON texts, empty where nothing valid was found.
  std::string path;
  std::string correlation_id;
};

/// What a payload turned out to be.
using message = std::variant<request, response, general>;

/// Decodes any payload. Total: any bytes give a message or a fault; nothing is thrown.
/// The kind is told by the header: `method` makes a request, `response_code` a response, neither a general
/// payload. Bodies and unknown fields are validated, not parsed.
result<message, decode_fault> decode(std::string_view payload, const decode_rules& rules);

/// Decodes a request that came under a topic with this id: a payload of another kind, or with another id, is
/// a fault too.
result<request, decode_fault> decode_request(std::string_view payload, std::string_view topic_id,
                                             const decode_rules& rules);

/// Decodes a response; a payload of another kind is a fault, also one that has `method` beside
/// `response_code`.
result<response, decode_fault> decode_response(std::string_view payload, const decode_rules& rules);

/// How requests are written (docs/protocol.md, "Payloads").
enum class wire_format : std::uint8_t {
  full,     ///< every field, explicit nulls, method by name: what the Python library sends
  compact,  ///< no nulls, method as integer: fits a microcontroller's buffer
};

/// Appends the payload of a request. `sent_at` absent: no timestamp is written.
void encode(std::string& out, const request& r, wire_format format = wire_format::full);

/// Appends the payload of the answer to a request.
/// @param tag  stands in `source` where the answer names no other
void encode_answer(std::string& out, const answer& a, const request& to, std::string_view tag,
                   unix_millis now);

/// Appends the payload that answers a request which could not be decoded.
/// @param topic_id  stands in `request_id` where the payload gave none
void encode_fault(std::string& out, const decode_fault& fault, std::string_view topic_id,
                  std::string_view tag, unix_millis now);

/// Appends a general payload.
void encode(std::string& out, const general& g);

}  // namespace mqcoap
