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

/// The stored state of a resource: numbered values, each with a version. The cell of a value has one, number
/// 0; that of a collection has one for each item. Any code may read it at any time; only `resource_state`
/// changes it, when a change is stored.
class cell {
 public:
  using item_map = std::map<std::uint64_t, versioned>;

  /// Creates a cell with the initial value of its terms.
  cell(cell_name name, std::shared_ptr<const cell_terms> terms);
  /// Creates a cell from its state in a store.
  cell(stored_cell stored, std::shared_ptr<const cell_terms> terms);

  const cell_name& name() const noexcept { return name_; }
  const cell_terms& terms() const noexcept { return *terms_; }
  /// Returns the version of the initial value of the terms that were applied last; empty: they had none.
  const std::string& initial() const noexcept { return initial_; }
  const item_map& items() const noexcept { return items_; }
  /// Returns the value of this number, or null.
  const versioned* find(std::uint64_t number) const noexcept;
  /// Returns the value of number 0; `null` if there is none.
  const json_text& current() const noexcept;
  /// Returns the number of the next item. The numbers of removed items are not used again.
  std::uint64_t next_number() const noexcept { return next_; }
  /// Returns the total size of all values.
  std::size_t bytes() const noexcept { return bytes_; }
  /// Returns a counter of changes, for cached results that depend on the values.
  std::uint64_t revision() const noexcept { return revision_; }

 private:
  friend class batch_queue;
  friend class resource_state;
  friend class terms_adoption;

  /// Exchanges a value; never fails, because the memory is already allocated. An empty node removes the value
  /// of this number. The previous value is left in `put`.
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
  std::uint64_t stored_revision_ = 0;  ///< in a shared store
  /// Terms to apply once a shared store has returned its contents; null: there are none.
  std::shared_ptr<const cell_terms> wanted_;
  std::size_t adoptions_ = 0;              ///< the number of pending batches that apply terms to it
  std::vector<pending_batch*> line_;       ///< batches queued on it, in order of arrival
  std::size_t under_way_ = 0;              ///< how many of them, counted from the first, have begun
  const pending_batch* leader_ = nullptr;  ///< the first batch of the group that these belong to
};

}  // namespace mqcoap
