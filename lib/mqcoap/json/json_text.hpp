#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/base/errc.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// The reason why a text is not acceptable JSON.
struct json_fault {
  std::string reason;       ///< a message for people
  std::size_t offset = 0;   ///< bytes from the beginning; unknown if `not_finite`
  bool not_finite = false;  ///< the grammar is correct, but a number is too large for a double
};

/// Checks grammar (RFC 8259), UTF-8, nesting depth and that every number is finite, without building
/// anything. Returns nothing on success.
/// @param max_depth  the limit of nested objects and arrays, including the outermost one
std::optional<json_fault> validate_json(std::string_view text, std::size_t max_depth);

/// Validated JSON, stored as text: proxied and stored values are copied, never parsed into a tree and
/// serialised again, so that numbers keep all their digits. Immutable; copies share the text.
class json_text {
 public:
  /// Creates `null`.
  json_text() = default;

  /// Validates the text. Surrounding white space is dropped.
  /// @param max_depth  one less than the usual limit of a payload, which wraps its body once more
  static result<json_text, json_fault> parse(std::string_view text, std::size_t max_depth = 31);
  /// Serialises a tree. Precondition: every number in it is finite.
  static json_text from_value(const boost::json::value& value);
  /// Creates a JSON string with this content (UTF-8).
  static json_text from_string(std::string_view text);
  /// Stores a value from text that validate_json accepted, without validating it again.
  static json_text from_validated(std::string_view text);

  std::string_view text() const noexcept {
    return text_ ? std::string_view(*text_) : std::string_view("null");
  }
  bool is_null() const noexcept { return text() == "null"; }
  bool is_string() const noexcept { return text().front() == '"'; }
  bool is_number() const noexcept { return text().front() == '-' || is_digit(text().front()); }
  /// Builds the tree. Every number becomes the double nearest to its text, or an integer if int64 or uint64
  /// can hold it. Of equal keys in one object the last one is used.
  boost::json::value value() const;

  friend bool operator==(const json_text& a, const json_text& b) noexcept { return a.text() == b.text(); }

 private:
  explicit json_text(std::string text) : text_(std::make_shared<const std::string>(std::move(text))) {}
  std::shared_ptr<const std::string> text_;  ///< a null pointer stands for `null`
};

/// Appends a JSON string, with the escapes that RFC 8259 section 7 requires.
void append_json_string(std::string& out, std::string_view text);

/// Decodes a validated JSON string, quotes included.
std::string decode_json_string(std::string_view quoted);

/// Does the same without copying if there is nothing to decode.
/// @param store  holds the decoded text if there are escapes; outlives the result
std::string_view view_json_string(std::string_view quoted, std::string& store);

}  // namespace mqcoap
