#include <mqcoap/state/resource_state.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace mqcoap {
namespace {

std::vector<std::shared_ptr<cell>> each_once(std::vector<std::shared_ptr<cell>> cells) {
  std::sort(cells.begin(), cells.end());
  cells.erase(std::unique(cells.begin(), cells.end()), cells.end());
  return cells;
}

cell::item_map::node_type make_node(std::uint64_t number, versioned value) {
  cell::item_map one;
  one.emplace(number, std::move(value));
  return one.extract(one.begin());
}

}  // namespace

/// Adapts a cell to other terms, after the changes under way by the old ones.
class resource_state::adoption final : public batch {
 public:
  adoption(std::shared_ptr<cell> held, std::shared_ptr<const cell_terms> terms)
      : held_(std::move(held)), terms_(std::move(terms)) {}
  std::vector<std::shared_ptr<cell>> cells() const override { return {held_}; }
  std::vector<change> decide() override { return terms_->adopt(held_); }
  void finish(error_code why) noexcept override {
    if (!why) held_->terms_ = std::move(terms_);
  }
  bool is_bounded() const noexcept override { return false; }

 private:
  const std::shared_ptr<cell> held_;
  std::shared_ptr<const cell_terms> terms_;
};

resource_state::resource_state(state_store& store, std::size_t most_waiting, channel<cell_changed>* changed)
    : store_(store),
      most_waiting_(most_waiting),
      changed_(changed),
      alive_(std::make_shared<resource_state*>(this)) {}

resource_state::~resource_state() { abandon(); }

std::shared_ptr<cell> resource_state::find(const cell_name& name) const {
  const auto at = cells_.find(name);
  return at == cells_.end() ? nullptr : *at;
}

/// If there is no memory for it, the cell keeps its terms, and the next configuration tries again.
void resource_state::adopt(const std::shared_ptr<cell>& held,
                           std::shared_ptr<const cell_terms> terms) noexcept try {
  std::unique_ptr<batch> work = std::make_unique<adoption>(held, std::move(terms));
  submit(work);
} catch (const std::exception&) {
  return;
}

void resource_state::submit(std::unique_ptr<batch>& work) {
  pending_list one;
  auto& p = one.emplace_back();
  p.self = one.begin();
  p.cells = each_once(work->cells());
  const bool is_free =
      std::all_of(p.cells.begin(), p.cells.end(), [](const auto& each) { return each->line_.empty(); });
  if (!is_free && waiting_.size() >= most_waiting_ && work->is_bounded())
    return std::exchange(work, nullptr)->finish(errc::too_many_pending);
  enter(p);
  p.work = std::move(work);
  if (!is_free) return waiting_.splice(waiting_.end(), one);
  p.has_turn = true;
  under_way_.splice(under_way_.end(), one);
  try {
    run(p);
  } catch (...) {
    work = std::move(p.work);
    leave(p);
    give_turns();
    throw;
  }
}

/// Appends it to the queue of each of its cells, or of none.
void resource_state::enter(pending_batch& p) {
  for (const auto& each : p.cells)
    if (each->line_.size() == each->line_.capacity()) each->line_.reserve(2 * each->line_.size() + 1);
  for (const auto& each : p.cells) each->line_.push_back(&p);
}

/// Removes it from the queues, moves batches whose turn has come to `ready_`, and destroys it.
void resource_state::leave(pending_batch& p) noexcept {
  for (const auto& each : p.cells) std::erase(each->line_, &p);
  for (const auto& each : p.cells) {
    if (each->line_.empty()) continue;
    auto& next = *each->line_.front();
    if (next.has_turn || !is_first(next)) continue;
    next.has_turn = true;
    ready_.splice(ready_.end(), waiting_, next.self);
  }
  under_way_.erase(p.self);
}

bool resource_state::is_first(const pending_batch& p) const noexcept {
  return std::all_of(p.cells.begin(), p.cells.end(),
                     [&p](const auto& each) { return each->line_.front() == &p; });
}

/// Lets it decide, and stores its changes. Exceptions come before anything has changed.
void resource_state::run(pending_batch& p) {
  std::vector<stored_value> stored;
  prepare(p, p.work->decide(), stored);
  if (stored.empty()) return end(p, {});
  store(p, std::move(stored));
}

/// Allocates the new values of the cells: once they are stored, nothing may fail any more.
void resource_state::prepare(pending_batch& p, std::vector<change> changes,
                             std::vector<stored_value>& stored) const {
  p.changes.reserve(changes.size());
  for (auto& each : changes) {
    auto& target = *each.target;
    if (target.terms_->is_lasting())
      stored.push_back(
          {target.name(), each.number, each.value ? std::optional(each.value->value) : std::nullopt});
    auto node = each.value ? make_node(each.number, *std::move(each.value)) : cell::item_map::node_type{};
    p.changes.push_back({&target, each.number, std::move(node)});
  }
}

void resource_state::store(pending_batch& p, std::vector<stored_value> stored) {
  store_.commit(std::move(stored), [&p, alive = std::weak_ptr(alive_)](error_code why) {
    if (const auto self = alive.lock()) (*self)->end(p, why);
  });
}

/// Changes all of them before it tells of the first.
void resource_state::apply(pending_batch& p) noexcept {
  for (auto& each : p.changes) each.target->apply(each.number, std::move(each.put));
  if (changed_ == nullptr) return;
  for (const auto& each : p.changes)
    changed_->publish({*each.target, each.number, each.target->find(each.number)},
                      [](std::string_view) { /* The change holds even if a subscriber fails. */ });
}

void resource_state::end(pending_batch& p, error_code why) noexcept {
  if (!why) apply(p);
  const auto work = std::move(p.work);
  leave(p);
  if (work) work->finish(why);
  give_turns();
}

/// Not recursively: a store that calls back at once would end one batch inside another.
void resource_state::give_turns() noexcept {
  if (std::exchange(gives_turns_, true)) return;
  while (!ready_.empty()) {
    auto& p = ready_.front();
    under_way_.splice(under_way_.end(), ready_, ready_.begin());
    try {
      run(p);
    } catch (const std::bad_alloc&) {
      end(p, make_error_code(boost::system::errc::not_enough_memory));
    } catch (const std::exception&) {
      end(p, errc::handler_failed);
    }
  }
  gives_turns_ = false;
}

void resource_state::abandon() noexcept {
  pending_list ended;
  ended.splice(ended.end(), waiting_);
  ended.splice(ended.end(), ready_);
  for (auto& p : ended)
    for (const auto& each : p.cells) std::erase(each->line_, &p);
  for (auto& p : ended) p.work->finish(errc::closed);
  for (auto& p : under_way_)
    if (const auto work = std::move(p.work)) work->finish(errc::timed_out);
}

}  // namespace mqcoap
