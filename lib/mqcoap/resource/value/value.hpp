#pragma once

#include <memory>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/common_resource.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/schema/json_schema.hpp>
#include <mqcoap/state/state_draft.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

class kind_module;
class resource_site;

struct value_options {
  static constexpr std::string_view kind_name = "value";

  json_text initial;
  method_set methods{method::get};  ///< GET, PUT or both
  std::optional<json_schema>
      schema;                 ///< restricts what PUT and actions may store; the initial value satisfies it
  bool is_metric = false;     ///< the value is also a metric: PUT accepts only numbers
  bool persist = false;       ///< a change is on disk before it is answered, and survives a restart
  bool is_condition = false;  ///< it is a condition of an action: PUT accepts no object that has a key twice

  method_set offered() const { return methods; }
  void make(resource_site& at) const;
  std::shared_ptr<const common_resource> make_common() const;
  static bool reports_changes() noexcept { return true; }
  bool keeps_state() const noexcept { return methods.contains(method::put); }
  bool persists() const noexcept { return persist; }
  friend bool operator==(const value_options&, const value_options&) = default;
};

/// The terms of a value for its cell. A changed initial value replaces the stored one; changed methods or a
/// changed schema keep the stored value, if it is still valid.
class value_terms final : public cell_terms {
 public:
  explicit value_terms(value_options options) : options_(std::move(options)) {}

  const value_options& options() const noexcept { return options_; }
  /// Returns why a value may not be stored; nothing if it may.
  std::optional<json_schema::fault> find_fault(const json_text& value) const;

  std::optional<json_text> initial() const override { return options_.initial; }
  bool is_same_as(const cell_terms& others) const override;
  bool is_lasting() const noexcept override { return options_.persist; }
  change_list adopt(const std::shared_ptr<cell>& held) const override;

 private:
  const value_options options_;
};

/// A value: GET returns it (205), PUT replaces it (204). Stored and sent in encoded form, so that a GET only
/// shares the text; its etag is a hash of that text.
class value_resource final : public handler {
 public:
  value_resource(value_options options, state_draft& draft, std::string device, std::string path);
  void handle(responder&& r) override;
  bool is_metric() const noexcept override { return terms_->options().is_metric; }
  std::optional<double> measured() override;

  const std::shared_ptr<cell>& kept() const noexcept { return cell_; }

 private:
  const std::shared_ptr<const value_terms> terms_;
  resource_state& state_;
  const std::shared_ptr<cell> cell_;
};

/// A value that many devices have with the same options. Most of them are never changed, and need no cell.
class common_value final : public common_resource {
 public:
  explicit common_value(value_options options);
  std::shared_ptr<const cell_terms> terms() const override { return terms_; }
  void handle(responder&& r, cell_group& cells, std::size_t number) const override;

 private:
  const std::shared_ptr<const value_terms> terms_;
  const versioned initial_;
};

/// Returns the kind: `gains: {value: [0, 1], methods: [GET, PUT]}` in a configuration.
const kind_module& value_kind();

}  // namespace mqcoap
