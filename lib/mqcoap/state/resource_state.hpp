#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mqcoap/exchange/channel.hpp>
#include <mqcoap/state/batch.hpp>
#include <mqcoap/state/batch_queue.hpp>
#include <mqcoap/state/cell.hpp>
#include <mqcoap/state/cell_changed.hpp>
#include <mqcoap/state/cell_group.hpp>
#include <mqcoap/state/pending_batch.hpp>
#include <mqcoap/state/state_store.hpp>
#include <mqcoap/state/stored_cell.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

class state_draft;

/// Stores the state of resources separately from them: a reload rebuilds resources, but their cells stay.
/// Changes are made in batches, which are executed on each cell in the order of arrival. While the changes of
/// one batch are being stored, those behind it wait; then they decide one after the other, each based on the
/// values that the earlier ones leave, and are stored together, all or none. Values that are not stored are
/// visible to nothing else, except those of a reload (`batch::is_in_force_at_once`). Nothing here blocks: the
/// store calls back.
/// @par Threads  All functions on the event loop.
class resource_state {
 public:
  /// The maximum number of waiting batches, for all cells together.
  static constexpr std::size_t default_waiting = 1024;
  /// The maximum number of attempts of a batch, if other processes keep changing its cells in a shared store.
  static constexpr int most_tries = 16;
  /// Receives the cell whose value is no longer in force because its resource rejects it, the number of the
  /// value, and the reason.
  using set_aside_handler = std::function<void(const cell&, std::uint64_t number, std::string_view why)>;

  /// @param store  must outlive this object
  /// @param changed  receives every value that a request or a reload changes; must outlive this object; may
  ///   be null
  explicit resource_state(state_store& store, std::size_t most_waiting = default_waiting,
                          channel<cell_changed>* changed = nullptr);
  ~resource_state();
  resource_state(const resource_state&) = delete;
  resource_state& operator=(const resource_state&) = delete;

  void on_set_aside(set_aside_handler handler) { set_aside_ = std::move(handler); }
  /// Takes the contents of a store. Each cell waits until a resource opens it.
  void restore(std::vector<stored_cell> all);

  /// Takes a batch and finishes it, now or later; with errc::too_many_pending if too many are waiting. If
  /// this throws, including an exception from `decide`, the caller still owns the batch, and
  /// nothing has changed.
  void submit(std::unique_ptr<batch>& work);
  /// Calls back when these cells are up to date with the store: at once, unless it is shared. An error means
  /// that the store could not be read. `done` is not called after this object is destroyed.
  void when_current(cell_list cells, std::function<void(error_code)> done);
  /// Returns true if other processes change the cells as well: use `when_current` before reading.
  bool is_shared() const noexcept { return store_.is_shared(); }
  /// Finishes waiting batches with errc::closed, and those that are being stored with errc::timed_out.
  void abandon() noexcept;

  /// Returns the cell, or null if there is none. Creates one that is only planned.
  std::shared_ptr<cell> find(const cell_name& name) const;
  /// Returns the number of cells that have been created; others are only planned (`cell_group`).
  std::size_t size() const noexcept { return cells_.size(); }
  /// Returns the number of stored cells that no resource has opened.
  std::size_t dormant() const noexcept { return dormant_.size(); }

 private:
  friend class cell_group;
  friend class state_draft;
  struct by_name {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const noexcept { return name_of(a) < name_of(b); }
    static const cell_name& name_of(const cell_name& name) noexcept { return name; }
    static const cell_name& name_of(const std::shared_ptr<cell>& c) noexcept { return c->name(); }
  };
  using cell_set = std::set<std::shared_ptr<cell>, by_name>;
  using group_map = std::map<std::string, std::shared_ptr<cell_group>, std::less<>>;

  std::shared_ptr<cell> open_planned(const cell_group& of, std::size_t number);
  cell_group* group_of(std::string_view device) const noexcept;
  std::shared_ptr<cell> find_dormant(const cell_name& name) const;
  void adopt(const std::shared_ptr<cell>& held, std::shared_ptr<const cell_terms> terms) noexcept;
  void adopt_wanted(const std::shared_ptr<cell>& held) noexcept;
  std::shared_ptr<cell> make_cell(cell_name name, const std::shared_ptr<const cell_terms>& terms) const;
  static const cell_terms& coming_terms(const cell& of) noexcept;
  static std::vector<cell_mark> marks_of(const cell_list& cells);
  void run(pending_batch& leader);
  void run_or_end(pending_batch& leader) noexcept;
  void refresh(pending_batch& leader);
  void take(std::vector<stored_cell> found, const cell_list& cells);
  void decide(pending_batch& leader);
  void decide_one(pending_batch& p, state_commit& commit);
  void decide_group(pending_batch& leader, state_commit& commit) noexcept;
  static void take_back(pending_batch& p) noexcept;
  void put_in_force(pending_batch& p) noexcept;
  void prepare(pending_batch& p, change_list changes, state_commit& commit) const;
  void store(pending_batch& leader, state_commit commit);
  void on_stored(pending_batch& leader, error_code why) noexcept;
  void end(pending_batch& leader, error_code why) noexcept;
  void apply(pending_batch& p) const noexcept;
  void notify(const pending_batch& p) const noexcept;
  void give_turns() noexcept;

  state_store& store_;
  channel<cell_changed>* const changed_;
  set_aside_handler set_aside_;
  cell_set cells_;
  cell_set dormant_;              ///< stored cells without a resource
  group_map groups_;              ///< cells that are created when they are needed, by device
  state_draft* draft_ = nullptr;  ///< the configuration that is being built
  batch_queue queue_;
  bool gives_turns_ = false;
  std::shared_ptr<resource_state*>
      alive_;  ///< lets late callbacks of the store detect that this object is destroyed
};

}  // namespace mqcoap
