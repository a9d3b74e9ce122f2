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

/// What is watched is not ours to limit.
inline constexpr decode_rules foreign_rules{
    .limits = {.payload = std::size_t{256} << 20, .depth = 128, .path = 65'535},
    .ids = validation::lenient,
    .codes = code_rules::foreign};

/// What a payload says of itself, read as far as it can be: who watches wants to see broken payloads too.
struct exchange_fields {
  std::optional<method> verb;
  std::optional<std::int64_t> code;  ///< as it stands there, also outside of the table
  std::string path;                  ///< without a leading slash; empty: there is none that can be read
  std::string source;
  std::string fault;  ///< how the payload breaks the protocol, in words; empty: it does not
};

/// The same for a request and the answers to it.
std::string exchange_key(const exchange_topic& topic);

exchange_fields read_fields(const exchange_topic& topic, std::string_view payload);

/// The body of a payload; null where there is none that can be read.
json_text read_body(std::string_view payload);

}  // namespace mqcoap::cli
