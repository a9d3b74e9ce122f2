#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace mqcoap {

struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

/// A hash map with string keys that supports lookup by view, without creating a string.
template <class Value>
using text_map = std::unordered_map<std::string, Value, text_hash, std::equal_to<>>;

}  // namespace mqcoap
