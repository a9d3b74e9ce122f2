#pragma once

#include <cstddef>
#include <cstdint>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap::cli {

/// The limits for watched payloads: the largest possible, since watching rejects nothing.
inline constexpr decode_rules foreign_rules{
    .limits = {.payload = std::size_t{256} << 20, .depth = 128, .path = 65'535},
    .ids = validation::lenient,
    .codes = code_rules::foreign};

/// The fields of a payload, as far as they can be read: malformed payloads are shown, too.
struct exchange_fields {
  std::optional<method> verb;
  std::optional<std::int64_t> code;  ///< as written, even if it is not in the table of codes
  std::string path;                  ///< without a leading slash; empty: missing or unreadable
  std::string source;
  std::string fault;  ///< how the payload violates the protocol; empty: it does not
};

/// Returns a key that is equal for a request and its responses.
std::string exchange_key(const exchange_topic& topic);

exchange_fields read_fields(const exchange_topic& topic, std::string_view payload);

/// Returns the body of a payload; null if there is none or it cannot be read.
json_text read_body(std::string_view payload);

}  // namespace mqcoap::cli
