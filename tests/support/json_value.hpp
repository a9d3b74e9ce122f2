#pragma once

#include <doctest/doctest.h>

#include <boost/json/value.hpp>
#include <mqcoap/json/json_text.hpp>
#include <string_view>

namespace mqcoap::test {

/// Returns the tree of a JSON text, with numbers parsed as in the library.
inline boost::json::value json_value(std::string_view text) {
  constexpr std::size_t any_depth = 100'000;
  const auto parsed = json_text::parse(text, any_depth);
  REQUIRE_MESSAGE(parsed.has_value(), text);
  return parsed->value();
}

}  // namespace mqcoap::test
