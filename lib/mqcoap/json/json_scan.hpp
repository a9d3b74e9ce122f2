#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <string_view>

namespace mqcoap {

/// A member of an object; both parts are views of its text.
struct json_member {
  std::string_view key;    ///< with its quotes, escapes undecoded
  std::string_view value;  ///< without surrounding white space
};

using json_member_list = boost::container::small_vector<json_member, 16>;

/// Checks in one fast pass whether a text is JSON that `validate_json` accepts: grammar (RFC 8259), UTF-8,
/// nesting, and that every number is finite.
/// @return true if it certainly is. False is not conclusive: the text may be invalid or unusual (an escaped
///   surrogate pair, a very long number, deep nesting), and `validate_json` decides.
bool scan_json(std::string_view text, std::size_t max_depth) noexcept;

/// Scans an object in the same way, and lists its members. Also returns false if a key of a listed member has
/// an escape.
/// @param inner    the name of the member whose own members are listed as well, if it is an object
/// @param members  the members in their order; unspecified if the result is false
/// @param of_inner  the members of the first member of that name
bool scan_json_object(std::string_view text, std::size_t max_depth, std::string_view inner,
                      json_member_list& members, json_member_list& of_inner);

}  // namespace mqcoap
