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

/// Why a text is not acceptable JSON.
struct json_fault {
  std::string reason;       ///< in words
  std::size_t offset = 0;   ///< bytes from the beginning; not known for a number that is not finite
  bool not_finite = false;  ///< the grammar is right, but a number is too large for a double
};

/// Checks grammar (RFC 8259), UTF-8, nesting depth and that every number is finite, in one pass that builds
/// nothing. Nothing on success.
/// @param max_depth  objects and arrays within each other, the outermost included
std::optional<json_fault> validate_json(std::string_view text, std::size_t max_depth);

/// JSON that has been validated, kept as text: proxied and stored values are copied, never built into a tree
/// and written again, so that numbers keep all their digits. Immutable; copies share the text.
class json_text {
 public:
  /// `null`
  json_text() = default;

  /// Validates. Surrounding white space is dropped.
  static result<json_text, json_fault> parse(std::string_view text, std::size_t max_depth = 32);
  /// Serialises a tree. Precondition: every number in it is finite.
  static json_text from_value(const boost::json::value& value);
  /// A JSON string holding these words (UTF-8).
  static json_text from_string(std::string_view words);
  /// Takes a part of a text that validate_json accepted.
  static json_text from_validated(std::string_view text);

  std::string_view text() const noexcept {
    return text_ ? std::string_view(*text_) : std::string_view("null");
  }
  bool is_null() const noexcept { return text() == "null"; }
  bool is_string() const noexcept { return text().front() == '"'; }
  bool is_number() const noexcept { return text().front() == '-' || is_digit(text().front()); }
  /// Builds the tree. Every number becomes the double nearest to its text, or an integer where int64 or
  /// uint64 holds it; of equal keys in one object the last one counts.
  boost::json::value value() const;

  friend bool operator==(const json_text& a, const json_text& b) noexcept { return a.text() == b.text(); }

 private:
  explicit json_text(std::string text) : text_(std::make_shared<const std::string>(std::move(text))) {}
  std::shared_ptr<const std::string> text_;  ///< null: `null`
};

/// Appends a JSON string, escaped as far as RFC 8259 section 7 demands.
void append_json_string(std::string& out, std::string_view text);

/// Decodes a validated JSON string, quotes included.
std::string decode_json_string(std::string_view quoted);

/// The same without copying where there is nothing to decode.
/// @param store  holds the text where there are escapes; outlives the result
std::string_view view_json_string(std::string_view quoted, std::string& store);

}  // namespace mqcoap
