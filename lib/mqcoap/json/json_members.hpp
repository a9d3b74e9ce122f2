#pragma once

#include <cstddef>
#include <string_view>

namespace mqcoap {

/// Iterates over the members of an object in text that `validate_json` accepted, without building anything:
/// keys and values are views of the text. The behaviour is undefined for any other text.
class json_members {
 public:
  /// @param object  a validated object, `{` to `}`
  explicit json_members(std::string_view object) noexcept;

  /// Moves to the next member; returns false after the last.
  bool next() noexcept;

  std::string_view key() const noexcept { return key_; }      ///< with its quotes, escapes undecoded
  std::string_view value() const noexcept { return value_; }  ///< without surrounding white space

 private:
  std::string_view rest_;
  std::string_view key_;
  std::string_view value_;
};

/// Returns the text of the value at the front of validated JSON.
std::string_view first_json_value(std::string_view validated) noexcept;

}  // namespace mqcoap
