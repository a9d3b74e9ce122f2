#pragma once

#include <boost/json/value.hpp>
#include <memory>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/json/json_text.hpp>
#include <optional>
#include <string>

namespace mqcoap {

/// The JSON Schema keywords that a resource's `schema` may use, compiled once: `type` (name or list), `enum`,
/// `const`, `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`, `minLength`,
/// `maxLength`, `pattern` (RE2 syntax, unanchored), `items`, `minItems`, `maxItems`, `uniqueItems`,
/// `properties`, `required`, `additionalProperties`, `minProperties`, `maxProperties`, `allOf`, `anyOf`,
/// `oneOf`, `not`; `$schema` (in the outermost schema, or next to `$id`) and `$id` are checked for their
/// form; the annotations `$comment`, `title`, `description`, `default`, `examples`, `deprecated`, `readOnly`,
/// `writeOnly`, `format`, `contentEncoding`, `contentMediaType` and `contentSchema` are ignored. Any other
/// keyword is an error. docs/schema.md describes them all. Cheap to copy: copies share the rules.
/// @see https://json-schema.org/draft/2020-12/json-schema-validation
class json_schema {
 public:
  struct fault {
    std::string pointer;  ///< JSON Pointer (RFC 6901) into the schema, for compile; into the value, for check
    std::string message;  ///< what is wrong and what is expected
  };

  static result<json_schema, fault> compile(const boost::json::value& schema);

  /// Returns nothing if the value satisfies the schema, else the first fault.
  std::optional<fault> check(const boost::json::value& value) const;

  class node;

  /// Returns true if both were compiled from the same text.
  friend bool operator==(const json_schema& a, const json_schema& b) noexcept {
    return a.source_ == b.source_;
  }

 private:
  json_schema(std::shared_ptr<const node> root, json_text source)
      : root_(std::move(root)), source_(std::move(source)) {}

  std::shared_ptr<const node> root_;
  json_text source_;
};

}  // namespace mqcoap
