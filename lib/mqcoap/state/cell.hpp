#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/state/cell_name.hpp>
#include <mqcoap/state/cell_terms.hpp>
#include <mqcoap/state/change.hpp>
#include <mqcoap/state/stored_cell.hpp>
#include <string>
#include <vector>

namespace mqcoap {

struct pending_batch;

/// The stored state of a resource: numbered values, each with a version. A value has one, number 0; a
/// collection has one for each item. Any code may read it at any time; only `resource_state` changes it, when
/// a change is stored.
class cell {
 public:
  using item_map = std::map<std::uint64_t, versioned>;

  /// Makes a cell with the initial value of its terms.
  cell(cell_name name, std::shared_ptr<const cell_terms> terms);
  /// Makes a cell with what a store has of it.
  cell(stored_cell stored, std::shared_ptr<const cell_terms> terms);

  const cell_name& name() const noexcept { return name_; }
  const cell_terms& terms() const noexcept { return *terms_; }
  /// Returns the version of the initial value of the terms that it has taken last; empty: they had none.
  const std::string& initial() const noexcept { return initial_; }
  const item_map& items() const noexcept { return items_; }
  /// Returns null if there is no value of this number.
  const versioned* find(std::uint64_t number) const noexcept;
  /// Returns the value of number 0; `null` if there is none.
  const json_text& current() const noexcept;
  /// Returns the next unused number.
  std::uint64_t next_number() const noexcept { return next_; }
  /// Returns the total size of all values.
  std::size_t bytes() const noexcept { return bytes_; }
  /// Returns a counter of changes, for cached results that depend on the values.
  std::uint64_t revision() const noexcept { return revision_; }

 private:
  friend class batch_queue;
  friend class resource_state;
  friend class terms_adoption;

  /// Never fails, because the memory is already allocated. An empty node removes the value of this number.
  /// Leaves in `put` what was there before.
  void exchange(std::uint64_t number, item_map::node_type& put) noexcept;
  void take_terms(std::shared_ptr<const cell_terms> terms, std::string initial) noexcept;
  void refresh(stored_cell stored);

  const cell_name name_;
  std::shared_ptr<const cell_terms> terms_;
  std::string initial_;
  item_map items_;
  std::uint64_t next_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t revision_ = 0;
  std::uint64_t stored_revision_ = 0;  ///< of a store that is shared
  /// Terms that it takes when a store that is shared has told what it has; null: it has taken them.
  std::shared_ptr<const cell_terms> wanted_;
  std::size_t adoptions_ = 0;              ///< the number of batches by which it takes terms
  std::vector<pending_batch*> line_;       ///< batches on it, in order of arrival
  std::size_t under_way_ = 0;              ///< the number of those, the first ones, that are under way
  const pending_batch* leader_ = nullptr;  ///< the first batch of the group to which these belong
};

}  // namespace mqcoap
