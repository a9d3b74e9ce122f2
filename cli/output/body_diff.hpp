#pragma once

#include <mqcoap/json/json_text.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap::cli {

/// A JSON pointer (RFC 6901), taken apart; a `*` stands for every member or item.
using json_place = std::vector<std::string>;

/// Reads `/sensor/time`; empty: the whole body. @throws usage_failure
json_place parse_place(const std::string& text);

/// Where two bodies differ first.
struct body_difference {
  std::string at;                ///< a JSON pointer
  std::optional<json_text> was;  ///< none: nothing stands there
  std::optional<json_text> is;   ///< likewise
};

/// Compares values, not texts: numbers by value, members in any order.
/// @param ignored  what stands there does not count, nor whether it is there
std::optional<body_difference> first_difference(const json_text& was, const json_text& is,
                                                const std::vector<json_place>& ignored);

/// `at /gain: 3, now 4`
std::string to_words(const body_difference& d);

}  // namespace mqcoap::cli
