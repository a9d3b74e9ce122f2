#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/state/cell_terms.hpp>
#include <mqcoap/state/change.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

struct pending_batch;

/// Tells the state of one resource from that of every other. It keeps this name over a reload.
struct cell_name {
  std::string device;     ///< its tag
  std::string path;       ///< within the device
  std::string_view kind;  ///< of the resource, from a literal: another kind begins with a new cell

  friend auto operator<=>(const cell_name&, const cell_name&) = default;
};

/// What one resource keeps: numbered values, each with a version. A value has one, number 0; a collection has
/// one for each item. Everybody reads it at any time; only `resource_state` changes it, when a change holds.
class cell {
 public:
  using item_map = std::map<std::uint64_t, versioned>;

  /// A new one holds what its terms begin with.
  cell(cell_name name, std::shared_ptr<const cell_terms> terms);

  const cell_name& name() const noexcept { return name_; }
  const cell_terms& terms() const noexcept { return *terms_; }
  const item_map& items() const noexcept { return items_; }
  /// Null: there is no value of this number.
  const versioned* find(std::uint64_t number) const noexcept;
  /// The value of number 0; `null` if there is none.
  const json_text& current() const noexcept;
  /// The number that no value has had yet.
  std::uint64_t next_number() const noexcept { return next_; }
  /// Text of all values together.
  std::size_t bytes() const noexcept { return bytes_; }
  /// Another after each change, for what is made of the values and kept.
  std::uint64_t revision() const noexcept { return revision_; }

 private:
  friend class resource_state;

  /// Never fails: the memory is there. An empty node takes the value of this number away.
  void apply(std::uint64_t number, item_map::node_type&& put) noexcept;

  const cell_name name_;
  std::shared_ptr<const cell_terms> terms_;
  item_map items_;
  std::uint64_t next_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t revision_ = 0;
  std::vector<pending_batch*> line_;  ///< batches on it, in order of arrival; the first may be under way
};

}  // namespace mqcoap
