#pragma once

#include <boost/json/value.hpp>

namespace mqcoap {

/// Checks whether a number is a multiple of a step, both taken as the decimals that people write: 47973 and
/// 8192.219 are multiples of 0.001. A number that differs from a multiple only by the rounding errors of a
/// sum, such as 0.30000000000000004 for 0.1, counts as a multiple. From 2^50 steps on, rounding errors cannot
/// be distinguished from digits, and only exact multiples count. Precondition: both are finite numbers, the
/// step is greater than 0.
bool is_multiple(const boost::json::value& number, const boost::json::value& step);

}  // namespace mqcoap
