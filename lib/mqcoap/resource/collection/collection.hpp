#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/schema/json_schema.hpp>
#include <mqcoap/state/state_draft.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

class kind_module;
class resource_site;

struct collection_options {
  static constexpr std::string_view kind_name = "collection";

  std::size_t max = 1000;  ///< maximum number of items; a POST to a full collection gets 413
  std::size_t max_bytes =
      16U * 1024U * 1024U;            ///< maximum size of all items together; POST and PUT beyond it get 413
  std::optional<json_schema> schema;  ///< schema of one item
  std::size_t max_depth =
      30;                ///< nesting limit of an item, which the list and its payload wrap once more each
  bool persist = false;  ///< a change is on disk before it is answered, and survives a restart

  method_set offered() const { return {method::get, method::post}; }
  void make(resource_site& at) const;
  static bool reports_changes() noexcept { return true; }
  static bool keeps_state() noexcept { return true; }
  bool persists() const noexcept { return persist; }
  friend bool operator==(const collection_options&, const collection_options&) = default;
};

/// The terms of a collection for its cell: items stay, except those that violate the current schema. There
/// may be more of them than the limit allows; then no item can be added until some are deleted.
class collection_terms final : public cell_terms {
 public:
  explicit collection_terms(collection_options options) : options_(std::move(options)) {}

  const collection_options& options() const noexcept { return options_; }
  bool is_lasting() const noexcept override { return options_.persist; }
  change_list adopt(const std::shared_ptr<cell>& held) const override;

 private:
  const collection_options options_;
};

/// A list that grows by POST. Serves its own path and `{path}/{number}`: POST path: 201 with `location`
/// `{path}/{number}`, numbers counting up from 0 and never reused; GET path: 205 with an object that maps
/// item numbers to items; GET, PUT, DELETE item: 205, 204, 202.
class collection_resource final : public handler {
 public:
  collection_resource(collection_options options, state_draft& draft, std::string device, std::string path);
  void handle(responder&& r) override;

 private:
  void handle_list(responder&& r);
  void handle_item(responder&& r);
  void answer_item(responder&& r);
  answer get_list(const request& r);

  const std::shared_ptr<const collection_terms> terms_;
  resource_state& state_;
  const std::shared_ptr<cell> cell_;
  std::optional<versioned> list_;    ///< all items as one object, built at a GET and cached
  std::uint64_t list_revision_ = 0;  ///< revision of the cell when the list was made
};

/// Returns the kind: `shots: {collection: {max: 100}}` in a configuration.
const kind_module& collection_kind();

}  // namespace mqcoap
