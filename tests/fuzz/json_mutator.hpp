#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::fuzz {

/// Describes a kind of JSON documents: which members are changed, and to which values.
struct json_shape {
  struct member {
    std::string_view name;
    std::vector<std::string_view> values;  ///< JSON texts that are worth trying, valid and invalid ones
  };

  std::string_view start;      ///< a valid document that replaces inputs that are not objects
  std::string_view container;  ///< the member of the document that contains these members; empty: any object
  std::vector<member> members;
  std::vector<std::string_view> bodies;  ///< values for the other members of the document
};

const json_shape& request_shape();
const json_shape& response_shape();
const json_shape& general_shape();
const json_shape& schema_shape();

/// Mutates `size` bytes in place, in a buffer of `room` bytes, and returns the new size.
using byte_mutator = std::size_t (*)(std::uint8_t* data, std::size_t size, std::size_t room);

/// Mutates a document member by member: sets one to another value from its list, removes one, moves one, or
/// changes the bytes of a string in it. The result is still JSON, and most of it is unchanged. An input that
/// is not a JSON object is replaced with the start of its shape.
/// @param random  determines what is changed
std::string mutate_json(const json_shape& shape, std::string_view document, std::uint32_t random,
                        byte_mutator bytes);

}  // namespace mqcoap::fuzz
