#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::fuzz {

/// What a kind of JSON documents looks like: what is changed in them, and into what.
struct json_shape {
  struct member {
    std::string_view name;
    std::vector<std::string_view> values;  ///< JSON texts that are worth a try, good and bad ones
  };

  std::string_view start;      ///< a good document, for inputs that are none
  std::string_view container;  ///< the member of the document that has these members; empty: any object
  std::vector<member> members;
  std::vector<std::string_view> bodies;  ///< values for the other members of the document
};

const json_shape& request_shape();
const json_shape& response_shape();
const json_shape& general_shape();
const json_shape& schema_shape();

/// Changes `size` bytes in place, which have room for `room`, and returns how many there are then.
using byte_mutator = std::size_t (*)(std::uint8_t* data, std::size_t size, std::size_t room);

/// Changes a document member by member: sets one to another value of its list, leaves one out, moves one, or
/// changes the bytes of a string in it. So it stays JSON, and most of it stays as it was. An input that is no
/// JSON object is replaced by the start of its shape.
/// @param random  decides what is changed
std::string mutate_json(const json_shape& shape, std::string_view document, std::uint32_t random,
                        byte_mutator bytes);

}  // namespace mqcoap::fuzz
