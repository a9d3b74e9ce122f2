#pragma once

#include <mqcoap/json/json_text.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap::cli {

/// A parsed JSON pointer (RFC 6901); a `*` stands for every member or item.
using json_place = std::vector<std::string>;

/// Parses a pointer such as `/sensor/time`; an empty text is the whole body. @throws usage_failure
json_place parse_place(const std::string& text);

/// The first difference between two bodies.
struct body_difference {
  std::string at;                ///< a JSON pointer
  std::optional<json_text> was;  ///< empty: the value is missing
  std::optional<json_text> is;   ///< empty: the value is missing
};

/// Compares values, not text: numbers by value, members in any order.
/// @param ignored  places that are not compared, whether they exist or not
std::optional<body_difference> first_difference(const json_text& was, const json_text& is,
                                                const std::vector<json_place>& ignored);

/// Returns a text like `at /gain: 3, now 4`.
std::string to_text(const body_difference& d);

}  // namespace mqcoap::cli
