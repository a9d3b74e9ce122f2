#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>

namespace mqcoap {

inline constexpr std::size_t excerpt_limit = 60;  ///< bytes; enough to recognise a value

/// Returns a value as text for error messages, truncated with `...` beyond the limit.
std::string excerpt(const boost::json::value& value, std::size_t limit = excerpt_limit);
/// Does the same for UTF-8 text.
std::string excerpt(std::string_view text, std::size_t limit = excerpt_limit);

}  // namespace mqcoap
