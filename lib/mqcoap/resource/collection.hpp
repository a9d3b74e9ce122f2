#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mqcoap/protocol/json_text.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/resource/json_schema.hpp>
#include <optional>

namespace mqcoap {

struct collection_options {
  std::size_t max = 1000;             ///< items; a POST to a full collection gets 413
  std::optional<json_schema> schema;  ///< of one item
};

/// A list that grows by POST. Answers for its own path and for `{path}/{number}`:
/// POST path: 201 with `location` `{path}/{number}`, numbers counting up from 0 and never used again;
/// GET path: 205 with an object from item number to item; GET, PUT, DELETE item: 205, 204, 202.
class collection_resource final : public handler {
 public:
  explicit collection_resource(collection_options options) : options_(std::move(options)) {}
  void handle(responder r) override;

 private:
  const collection_options options_;
  std::map<std::uint64_t, json_text> items_;
  std::uint64_t next_ = 0;
};

}  // namespace mqcoap
