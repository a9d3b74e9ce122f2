#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mqcoap/exchange/channel.hpp>
#include <mqcoap/state/batch.hpp>
#include <mqcoap/state/cell.hpp>
#include <mqcoap/state/cell_changed.hpp>
#include <mqcoap/state/pending_batch.hpp>
#include <mqcoap/state/state_store.hpp>
#include <set>
#include <vector>

namespace mqcoap {

class state_draft;

/// Keeps the state of resources apart from them: a reload builds resources, and their cells stay. Changes are
/// made in batches, which have their turn on each cell in the order of arrival: a batch decides when the
/// earlier ones have ended, successfully or not. Nothing here blocks: the store calls back.
/// @par Threads  Everything on the event loop.
class resource_state {
 public:
  /// The limit of waiting batches, for all cells together.
  static constexpr std::size_t default_waiting = 1024;

  /// @param store    outlives this object
  /// @param changed  gets every value that a request or a reload changes; outlives this object; may be null
  explicit resource_state(state_store& store, std::size_t most_waiting = default_waiting,
                          channel<cell_changed>* changed = nullptr);
  ~resource_state();
  resource_state(const resource_state&) = delete;
  resource_state& operator=(const resource_state&) = delete;

  /// Takes a batch and finishes it, now or later; with errc::too_many_pending if too many wait. An exception,
  /// also one from `decide`, leaves the batch with the caller, and nothing has changed.
  void submit(std::unique_ptr<batch>& work);
  /// Finishes waiting batches with errc::closed, and those that are being stored with errc::timed_out.
  void abandon() noexcept;

  /// Returns null if there is none.
  std::shared_ptr<cell> find(const cell_name& name) const;
  std::size_t size() const noexcept { return cells_.size(); }

 private:
  friend class state_draft;
  class adoption;
  struct by_name {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const noexcept { return name_of(a) < name_of(b); }
    static const cell_name& name_of(const cell_name& name) noexcept { return name; }
    static const cell_name& name_of(const std::shared_ptr<cell>& c) noexcept { return c->name(); }
  };
  using cell_set = std::set<std::shared_ptr<cell>, by_name>;
  using pending_list = std::list<pending_batch>;

  void adopt(const std::shared_ptr<cell>& held, std::shared_ptr<const cell_terms> terms) noexcept;
  void enter(pending_batch& p);
  void leave(pending_batch& p) noexcept;
  bool is_first(const pending_batch& p) const noexcept;
  void run(pending_batch& p);
  void prepare(pending_batch& p, std::vector<change> changes, std::vector<stored_value>& stored) const;
  void store(pending_batch& p, std::vector<stored_value> stored);
  void end(pending_batch& p, error_code why) noexcept;
  void apply(pending_batch& p) noexcept;
  void give_turns() noexcept;

  state_store& store_;
  const std::size_t most_waiting_;
  channel<cell_changed>* const changed_;
  cell_set cells_;
  pending_list waiting_;  ///< in order of arrival
  pending_list ready_;    ///< batches whose turn has come
  pending_list under_way_;
  bool gives_turns_ = false;
  std::shared_ptr<resource_state*>
      alive_;  ///< lets late callbacks of the store detect that this object is destroyed
};

}  // namespace mqcoap
