#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/schema/json_schema.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

struct collection_options {
  std::size_t max = 1000;                       ///< items; a POST to a full collection gets 413
  std::size_t max_bytes = 16U * 1024U * 1024U;  ///< of all items together; POST and PUT beyond it get 413
  std::optional<json_schema> schema;            ///< of one item

  friend bool operator==(const collection_options&, const collection_options&) = default;
};

/// A list that grows by POST. Answers for its own path and for `{path}/{number}`:
/// POST path: 201 with `location` `{path}/{number}`, numbers counting up from 0 and never used again;
/// GET path: 205 with an object from item number to item; GET, PUT, DELETE item: 205, 204, 202.
class collection_resource final : public handler {
 public:
  explicit collection_resource(collection_options options) : options_(std::move(options)) {}
  void handle(responder&& r) override;
  /// Goes on with the items of another one, without those that its own schema refuses. There may be more of
  /// them than it has room for: then nothing is added before some were deleted.
  void take_over(const collection_resource& before);

 private:
  struct item {
    json_text value;
    std::string etag;
  };
  using item_map = std::map<std::uint64_t, item>;

  answer answer_list(const call& c);
  answer answer_item(const call& c);
  answer post(const call& c);
  answer put(const call& c, item& current);
  answer remove(item_map::iterator at, const call& c);
  answer get_list(const request& r);
  std::size_t room_beside(std::size_t others) const noexcept;

  const collection_options options_;
  item_map items_;
  std::uint64_t next_ = 0;
  std::size_t bytes_ = 0;     ///< text of all items
  std::optional<item> list_;  ///< all of them as one object, made at a GET and kept until something changes
};

}  // namespace mqcoap
