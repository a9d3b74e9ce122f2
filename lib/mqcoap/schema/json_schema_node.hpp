#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mqcoap/schema/json_schema.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace mqcoap {

/// The types of JSON Schema. A whole number is of both types, integer and number.
enum class json_type : std::uint8_t { null, boolean, object, array, number, integer, string };

/// A compiled schema with its keywords. Absent keywords have no effect.
class json_schema::node {
 public:
  using child = std::unique_ptr<const node>;
  using size_bound = std::optional<std::size_t>;
  using bound = std::optional<boost::json::value>;

  node();
  ~node();
  node(node&&) noexcept;

  /// Returns the first fault; its pointer is relative to this value.
  std::optional<fault> check(const boost::json::value& value) const;

  bool refuses_all = false;  ///< the schema `false`
  std::string source;        ///< an excerpt of the schema itself, for the error message of `not`
  std::uint8_t types = 0;    ///< a bit for each json_type; 0 for any type
  bound constant;
  std::optional<std::vector<boost::json::value>> enumeration;

  bound minimum, maximum, exclusive_minimum, exclusive_maximum, multiple_of;
  size_bound min_length, max_length;
  std::shared_ptr<const re2::RE2> pattern;

  child items;
  size_bound min_items, max_items;
  bool unique_items = false;

  std::map<std::string, child, std::less<>> properties;
  std::vector<std::string> required;
  child additional_properties;
  size_bound min_properties, max_properties;

  std::vector<child> all_of, any_of, one_of;
  child negated;

 private:
  using outcome = std::optional<fault>;
  outcome check_type(const boost::json::value& value) const;
  outcome check_listed(const boost::json::value& value) const;
  outcome check_number(const boost::json::value& value) const;
  outcome check_string(std::string_view text) const;
  outcome check_array(const boost::json::array& array) const;
  outcome check_object(const boost::json::object& object) const;
  outcome check_member(std::string_view key, const boost::json::value& value) const;
  outcome check_combined(const boost::json::value& value) const;
};

/// Returns true for 5 and 5.0.
bool is_whole(const boost::json::value& number) noexcept;
/// Returns the name with its article: `an integer`, `null`.
std::string_view with_article(json_type type) noexcept;

inline constexpr std::string_view json_type_names[]{"null",   "boolean", "object", "array",
                                                    "number", "integer", "string"};

}  // namespace mqcoap
