#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mqcoap/state/batch.hpp>
#include <mqcoap/state/pending_batch.hpp>

namespace mqcoap {

/// Orders batches: a batch can begin when it is the first one on each of its cells. A batch that begins takes
/// the ones directly behind it along, as a group that ends together. Used by resource_state.
class batch_queue {
 public:
  using pending_list = std::list<pending_batch>;

  explicit batch_queue(std::size_t most_waiting) : most_waiting_(most_waiting) {}

  /// Returns true if no batch is queued on these cells.
  static bool is_free(const cell_list& cells) noexcept;
  bool is_full() const noexcept { return waiting_.size() >= most_waiting_; }
  /// Takes a batch; it begins at once if its cells, each of which is passed once, are free. After an
  /// exception the caller still owns it.
  pending_batch& add(cell_list cells, std::unique_ptr<batch>& work);
  /// Finds the followers of a batch that has begun. If memory allocation fails, the remaining
  /// ones begin later.
  void gather(pending_batch& leader) noexcept;
  /// Removes a group from the batches that have begun. They still block those behind them until
  /// `leave` is called.
  pending_list end(pending_batch& leader) noexcept;
  /// Lets the batches behind it begin.
  void leave(const pending_batch& p) noexcept;
  /// Returns the next batch that can begin, which counts as begun now; null if there is none.
  pending_batch* next() noexcept;
  /// Removes the batches that have not begun, and returns them.
  pending_list abandon() noexcept;
  pending_list& under_way() noexcept { return under_way_; }

 private:
  static void enter(pending_batch& p);
  static void begin(pending_batch& p, const pending_batch& leader) noexcept;
  static bool is_first(const pending_batch& p) noexcept;
  static bool may_follow(const pending_batch& p, const pending_batch& leader) noexcept;

  const std::size_t most_waiting_;
  pending_list waiting_;  ///< in order of arrival
  pending_list ready_;    ///< batches that can begin
  pending_list under_way_;
};

/// Calls a function for each batch of a group, in order of arrival.
template <class Visit>
void for_each_member(pending_batch& leader, Visit visit) {
  visit(leader);
  for (auto* const each : leader.followers) visit(*each);
}

}  // namespace mqcoap
