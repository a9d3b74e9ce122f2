#pragma once

#include <cstdint>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap::cli {

/// What a payload says of itself, read as far as it can be: who watches wants to see broken payloads too.
struct exchange_fields {
  std::optional<method> verb;
  std::optional<std::int64_t> code;  ///< as it stands there, also outside of the table
  std::string path;                  ///< without a leading slash; empty: there is none that can be read
  std::string source;
  std::string fault;  ///< how the payload breaks the protocol, in words; empty: it does not
};

exchange_fields read_fields(const exchange_topic& topic, std::string_view payload);

/// The body of a payload; null where there is none that can be read.
json_text read_body(std::string_view payload);

}  // namespace mqcoap::cli
