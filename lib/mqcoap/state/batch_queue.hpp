#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mqcoap/state/batch.hpp>
#include <mqcoap/state/pending_batch.hpp>
#include <vector>

namespace mqcoap {

/// Orders batches: each has its turn when it is the first one on each of its cells. One that begins takes
/// those directly behind it along, as a group that ends together. Used by resource_state.
class batch_queue {
 public:
  using pending_list = std::list<pending_batch>;

  explicit batch_queue(std::size_t most_waiting) : most_waiting_(most_waiting) {}

  /// Returns true if nothing is on these cells.
  static bool is_free(const std::vector<std::shared_ptr<cell>>& cells) noexcept;
  bool is_full() const noexcept { return waiting_.size() >= most_waiting_; }
  /// Takes a batch; it is under way at once if its cells, each given once, are free. After an exception the
  /// caller has it still.
  pending_batch& add(std::vector<std::shared_ptr<cell>> cells, std::unique_ptr<batch>& work);
  /// Finds the followers of one that is under way. Those for which there is no memory have a later turn.
  void gather(pending_batch& leader) noexcept;
  /// Removes a group from the batches under way. They keep those behind them waiting until they `leave`.
  pending_list end(pending_batch& leader) noexcept;
  /// Gives the batches behind it their turn.
  void leave(const pending_batch& p) noexcept;
  /// Returns the next batch whose turn has come, which is under way now; null if there is none.
  pending_batch* next() noexcept;
  /// Removes the batches that are not under way, and returns them.
  pending_list abandon() noexcept;
  pending_list& under_way() noexcept { return under_way_; }

 private:
  static void enter(pending_batch& p);
  static void begin(pending_batch& p, const pending_batch& leader) noexcept;
  static bool is_first(const pending_batch& p) noexcept;
  static bool may_follow(const pending_batch& p, const pending_batch& leader) noexcept;

  const std::size_t most_waiting_;
  pending_list waiting_;  ///< in order of arrival
  pending_list ready_;    ///< batches whose turn has come
  pending_list under_way_;
};

/// Calls for each batch of a group, in order of arrival.
template <class Visit>
void for_each_member(pending_batch& leader, Visit visit) {
  visit(leader);
  for (auto* const each : leader.followers) visit(*each);
}

}  // namespace mqcoap
