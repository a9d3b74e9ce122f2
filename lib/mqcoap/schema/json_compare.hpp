#pragma once

#include <boost/json/value.hpp>
#include <compare>

namespace mqcoap {

/// Orders numbers by their exact value, for int64, uint64 and double alike: 5 and 5.0 are equal, 2^53 and
/// 2^53 + 1 are not. Precondition: both are numbers, neither is NaN.
std::weak_ordering compare_numbers(const boost::json::value& a, const boost::json::value& b) noexcept;

/// Defines a total order of JSON values. Values that are equal in the sense of JSON Schema are equivalent:
/// numbers are compared by value, and objects regardless of the order of their members.
std::weak_ordering compare_json(const boost::json::value& a, const boost::json::value& b);

inline bool equal_json(const boost::json::value& a, const boost::json::value& b) {
  return compare_json(a, b) == 0;
}

}  // namespace mqcoap
