#pragma once

#include <memory>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/schema/json_schema.hpp>
#include <mqcoap/state/state_draft.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

class kind_module;
class resource_site;

struct value_options {
  static constexpr std::string_view kind_name = "value";

  json_text initial;
  method_set methods{method::get};    ///< GET, PUT or both
  std::optional<json_schema> schema;  ///< what PUT and actions may store; the initial value satisfies it
  bool is_metric = false;             ///< the value is also a metric: PUT takes numbers only
  bool is_condition = false;          ///< an action looks at it: PUT takes no object that has a key twice

  method_set offered() const { return methods; }
  void make(resource_site& at) const;
  static bool tells_changes() noexcept { return true; }
  friend bool operator==(const value_options&, const value_options&) = default;
};

/// What a value asks of its cell. Another initial value is meant to be seen; other methods or another schema
/// keep what was stored, where they allow it.
class value_terms final : public cell_terms {
 public:
  explicit value_terms(value_options options) : options_(std::move(options)) {}

  const value_options& options() const noexcept { return options_; }
  /// Why this may not be stored.
  std::optional<json_schema::fault> find_fault(const json_text& value) const;

  std::optional<json_text> initial() const override { return options_.initial; }
  std::vector<change> adopt(const std::shared_ptr<cell>& held) const override;

 private:
  const value_options options_;
};

/// A value: GET gives it (205), PUT replaces it (204). Kept and sent in encoded form, so that a GET shares
/// the text and does no work on it; its etag is a hash of that text.
class value_resource final : public handler {
 public:
  value_resource(value_options options, state_draft& draft, std::string device, std::string path);
  void handle(responder&& r) override;

  const std::shared_ptr<cell>& kept() const noexcept { return cell_; }

 private:
  const std::shared_ptr<const value_terms> terms_;
  resource_state& state_;
  const std::shared_ptr<cell> cell_;
};

/// In a configuration: `gains: {value: [0, 1], methods: [GET, PUT]}`.
const kind_module& value_kind();

}  // namespace mqcoap
