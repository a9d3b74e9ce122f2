#pragma once

#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/schema/json_schema.hpp>
#include <optional>
#include <string>

namespace mqcoap {

struct value_options {
  json_text initial;
  method_set methods{method::get};    ///< GET, PUT or both
  std::optional<json_schema> schema;  ///< what PUT and actions may store; the initial value satisfies it
  bool is_number = false;             ///< PUT takes numbers only: the value is a metric
  bool is_condition = false;          ///< an action looks at it: PUT takes no object that has a key twice

  friend bool operator==(const value_options&, const value_options&) = default;
};

/// A value in memory: GET gives it (205), PUT replaces it (204). Kept and sent in encoded form, so that a GET
/// shares the text and does no work on it; its etag is a hash of that text.
class value_resource final : public handler {
 public:
  explicit value_resource(value_options options);
  void handle(responder&& r) override;

  const json_text& current() const noexcept { return current_; }
  /// Stores without asking the schema: for callers that checked it when they were built.
  void store(json_text value);
  /// Goes on with what another one holds, if its own schema allows that.
  void take_over(const value_resource& before);

 private:
  answer put(const request& r);
  /// Why this may not be stored.
  std::optional<json_schema::fault> find_fault(const json_text& value) const;

  const method_set methods_;
  const std::optional<json_schema> schema_;
  const bool is_number_;
  const bool is_condition_;
  json_text current_;
  std::string etag_;
};

}  // namespace mqcoap
