#include <mqcoap/state/resource_state.hpp>

#include <algorithm>
#include <mqcoap/state/state_draft.hpp>
#include <mqcoap/state/terms_adoption.hpp>
#include <mqcoap/state/version.hpp>
#include <new>
#include <utility>

namespace mqcoap {
namespace {

cell_list each_once(cell_list cells) {
  std::sort(cells.begin(), cells.end());
  cells.erase(std::unique(cells.begin(), cells.end()), cells.end());
  return cells;
}

cell::item_map::node_type make_node(std::uint64_t number, versioned value) {
  cell::item_map one;
  one.emplace(number, std::move(value));
  return one.extract(one.begin());
}

/// The terms of a cell that comes from a store, until a resource opens it.
class dormant_terms final : public cell_terms {
 public:
  change_list adopt(const std::shared_ptr<cell>& /*held*/) const override { return {}; }
};

error_code error_now() noexcept {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return make_error_code(boost::system::errc::not_enough_memory);
  } catch (...) {
    return errc::handler_failed;
  }
}

cell_list cells_of(pending_batch& leader) {
  cell_list all;
  for_each_member(leader,
                  [&](const pending_batch& p) { all.insert(all.end(), p.cells.begin(), p.cells.end()); });
  return each_once(std::move(all));
}

/// A batch that waits until cells have adopted their terms.
class reading final : public batch {
 public:
  reading(cell_list cells, std::function<void(error_code)> done)
      : cells_(std::move(cells)), done_(std::move(done)) {}
  cell_list cells() const override { return cells_; }
  change_list decide() override { return {}; }
  void finish(error_code why) noexcept override { done_(why); }

 private:
  const cell_list cells_;
  const std::function<void(error_code)> done_;
};

}  // namespace

resource_state::resource_state(state_store& store, std::size_t most_waiting, channel<cell_changed>* changed)
    : store_(store),
      changed_(changed),
      queue_(most_waiting),
      alive_(std::make_shared<resource_state*>(this)) {}

resource_state::~resource_state() { abandon(); }

void resource_state::restore(std::vector<stored_cell> all) {
  const auto terms = std::make_shared<const dormant_terms>();
  for (auto& each : all) dormant_.insert(std::make_shared<cell>(std::move(each), terms));
}

std::shared_ptr<cell> resource_state::find(const cell_name& name) const {
  if (const auto at = cells_.find(name); at != cells_.end()) return *at;
  auto* const group = group_of(name.device);
  const auto number = group != nullptr ? group->plan().find(name.path, name.kind) : std::nullopt;
  return number ? group->open(*number) : nullptr;
}

cell_group* resource_state::group_of(std::string_view device) const noexcept {
  const auto at = groups_.find(device);
  return at == groups_.end() ? nullptr : at->second.get();
}

/// Creates a cell that was only planned. A configuration that is being built gets it in the same way as the
/// existing ones. A cell of a device that was replaced belongs only to the caller.
std::shared_ptr<cell> resource_state::open_planned(const cell_group& of, std::size_t number) {
  if (draft_ != nullptr && draft_->has(of)) return draft_->open(of.name_of(number), of.plan()[number].terms);
  auto made = make_cell(of.name_of(number), of.plan()[number].terms);
  if (group_of(of.device_) != &of) return made;
  const auto at = cells_.insert(made).first;
  try {
    if (draft_ != nullptr) draft_->follow(made);
  } catch (...) {
    cells_.erase(at);
    throw;
  }
  return made;
}

std::shared_ptr<cell> resource_state::find_dormant(const cell_name& name) const {
  const auto at = dormant_.find(name);
  return at == dormant_.end() ? nullptr : *at;
}

/// Creates a cell with the initial value of its terms. If other processes may have stored it, it adopts its
/// terms later.
std::shared_ptr<cell> resource_state::make_cell(cell_name name,
                                                const std::shared_ptr<const cell_terms>& terms) const {
  auto made = std::make_shared<cell>(std::move(name), terms);
  if (store_.is_shared() && terms->is_lasting()) made->terms_ = std::make_shared<const dormant_terms>();
  return made;
}

const cell_terms& resource_state::coming_terms(const cell& of) noexcept {
  return of.wanted_ ? *of.wanted_ : *of.terms_;
}

/// Makes a cell adopt terms. Keeps the old terms if memory allocation fails; the next configuration tries
/// again. Also keeps them while a shared store cannot return its contents; then the next request for the cell
/// tries again.
void resource_state::adopt(const std::shared_ptr<cell>& held,
                           std::shared_ptr<const cell_terms> terms) noexcept try {
  if (store_.is_shared()) held->wanted_ = terms;
  std::unique_ptr<batch> work = std::make_unique<terms_adoption>(held, std::move(terms));
  submit(work);
} catch (const std::exception&) {
  return;
}

void resource_state::adopt_wanted(const std::shared_ptr<cell>& held) noexcept {
  if (held->wanted_ && held->adoptions_ == 0) adopt(held, held->wanted_);
}

void resource_state::submit(std::unique_ptr<batch>& work) {
  auto cells = each_once(work->cells());
  if (work->terms() == nullptr)
    for (const auto& each : cells) adopt_wanted(each);
  if (queue_.is_full() && work->is_bounded() && !batch_queue::is_free(cells))
    return std::exchange(work, nullptr)->finish(errc::too_many_pending);
  auto& p = queue_.add(std::move(cells), work);
  if (!p.has_turn) return;
  try {
    run(p);
  } catch (...) {
    work = std::move(p.work);
    const auto ended = queue_.end(p);
    queue_.leave(p);
    give_turns();
    throw;
  }
}

/// Lets a group decide, and stores its changes. Exceptions are thrown before anything has changed, and only
/// if it has no followers.
void resource_state::run(pending_batch& leader) {
  queue_.gather(leader);
  if (store_.is_shared()) return refresh(leader);
  decide(leader);
}

void resource_state::run_or_end(pending_batch& leader) noexcept {
  try {
    run(leader);
  } catch (...) {
    end(leader, error_now());
  }
}

/// Returns the cells to request from the store, without those that are not lasting, which exist only here.
std::vector<cell_mark> resource_state::marks_of(const cell_list& cells) {
  std::vector<cell_mark> marks;
  for (const auto& each : cells)
    if (coming_terms(*each).is_lasting()) marks.push_back({each->name(), each->stored_revision_});
  return marks;
}

void resource_state::refresh(pending_batch& leader) {
  auto cells = cells_of(leader);
  auto held = marks_of(cells);
  if (held.empty()) return decide(leader);
  store_.refresh(std::move(held), [this, &leader, cells = std::move(cells), alive = std::weak_ptr(alive_)](
                                      error_code why, std::vector<stored_cell> found) {
    if (alive.expired()) return;
    if (why || !leader.work) return end(leader, why ? why : errc::timed_out);  // it may have been abandoned
    try {
      take(std::move(found), cells);
      decide(leader);
    } catch (...) {
      end(leader, error_now());
    }
  });
}

void resource_state::when_current(cell_list cells, std::function<void(error_code)> done) {
  if (!store_.is_shared()) return done({});
  if (std::any_of(cells.begin(), cells.end(), [](const auto& each) { return each->wanted_ != nullptr; })) {
    std::unique_ptr<batch> work = std::make_unique<reading>(std::move(cells), std::move(done));
    return submit(work);
  }
  auto held = marks_of(cells);
  if (held.empty()) return done({});
  store_.refresh(std::move(held),
                 [this, cells = std::move(cells), done = std::move(done), alive = std::weak_ptr(alive_)](
                     error_code why, std::vector<stored_cell> found) {
                   if (alive.expired()) return;
                   try {
                     if (!why) take(std::move(found), cells);
                   } catch (...) {
                     why = error_now();
                   }
                   done(why);
                 });
}

/// Updates cells with the contents of the store. A cell that is not in the store has the initial value of its
/// terms, and nothing else; a cell that is stored without the value that its kind always has gets the initial
/// value as well.
void resource_state::take(std::vector<stored_cell> found, const cell_list& cells) {
  for (auto& each : found) {
    const auto at =
        std::find_if(cells.begin(), cells.end(), [&](const auto& c) { return c->name() == each.of; });
    if (at == cells.end() || (each.revision != 0 && each.revision <= (*at)->stored_revision_)) continue;
    if (auto first = each.items.contains(0) ? std::nullopt : coming_terms(**at).initial()) {
      each.initial = make_etag(first->text());
      each.items.emplace(0, *std::move(first));
    }
    (*at)->refresh(std::move(each));
    if (changed_ == nullptr) continue;
    for (const auto& [number, value] : (*at)->items())
      changed_->publish({**at, number, &value}, [](std::string_view) { /* see `notify` */ });
  }
}

void resource_state::decide(pending_batch& leader) {
  state_commit commit;
  // If other processes change the cells as well, nothing is in force before it is stored.
  if (leader.work->is_in_force_at_once() && !store_.is_shared()) {
    decide_one(leader, commit);
    put_in_force(leader);
  } else if (leader.followers.empty()) {
    decide_one(leader, commit);
  }
  if (!leader.followers.empty()) decide_group(leader, commit);
  if (commit.values.empty()) return end(leader, {});
  if (store_.is_shared()) commit.based_on = marks_of(cells_of(leader));
  store(leader, std::move(commit));
}

void resource_state::decide_one(pending_batch& p, state_commit& commit) {
  const auto before = commit.values.size();
  p.changes.clear();
  p.failed = {};
  try {
    prepare(p, p.work->decide(), commit);
  } catch (...) {
    p.changes.clear();
    commit.values.resize(before);
    throw;
  }
}

/// Lets each batch decide with the changes of the earlier ones in force; then all of them are undone, since
/// nothing is stored yet. Nothing else runs meanwhile.
void resource_state::decide_group(pending_batch& leader, state_commit& commit) noexcept {
  for_each_member(leader, [&](pending_batch& p) {
    if (!p.work) return;  // its changes are already in force
    try {
      decide_one(p, commit);
    } catch (...) {
      p.failed = error_now();
    }
    for (auto& each : p.changes) {
      each.next = each.target->next_;
      each.target->exchange(each.number, each.put);
    }
  });
  for (auto member = leader.followers.rbegin(); member != leader.followers.rend(); ++member)
    take_back(**member);
  take_back(leader);
}

void resource_state::take_back(pending_batch& p) noexcept {
  for (auto each = p.changes.rbegin(); each != p.changes.rend(); ++each) {
    each->target->exchange(each->number, each->put);
    each->target->next_ = each->next;
  }
}

void resource_state::put_in_force(pending_batch& p) noexcept {
  apply(p);
  notify(p);
  p.changes.clear();
  std::exchange(p.work, nullptr)->finish({});
}

/// Allocates the new values of the cells, because nothing may fail any more once they are stored.
void resource_state::prepare(pending_batch& p, change_list changes, state_commit& commit) const {
  const auto* const terms = p.work->terms();
  p.changes.reserve(changes.size());
  for (auto& each : changes) {
    auto& target = *each.target;
    const auto* const coming = terms != nullptr ? terms : target.wanted_.get();
    if ((coming != nullptr ? *coming : *target.terms_).is_lasting())
      commit.values.push_back(
          {target.name(), each.number, each.value ? std::optional(each.value->value) : std::nullopt,
           coming != nullptr ? coming->initial_version() : target.initial_, each.set_aside});
    auto node = each.value ? make_node(each.number, *std::move(each.value)) : cell::item_map::node_type{};
    p.changes.push_back({&target, each.number, std::move(node), target.next_, target.stored_revision_,
                         std::move(each.set_aside)});
  }
}

void resource_state::store(pending_batch& leader, state_commit commit) {
  store_.commit(std::move(commit), [this, &leader, alive = std::weak_ptr(alive_)](error_code why) {
    if (!alive.expired()) on_stored(leader, why);
  });
}

void resource_state::on_stored(pending_batch& leader, error_code why) noexcept {
  if (why != errc::stale || !leader.work) return end(leader, why);
  if (++leader.tries == most_tries) return end(leader, errc::too_many_pending);
  try {
    refresh(leader);
  } catch (...) {
    end(leader, error_now());
  }
}

/// Applies the changes. Another process may have changed a cell of a shared store after this change, and that
/// newer state may already have arrived.
void resource_state::apply(pending_batch& p) const noexcept {
  for (auto& each : p.changes) {
    auto& target = *each.target;
    if (target.stored_revision_ > each.stored_revision + 1) continue;
    target.exchange(each.number, each.put);
    if (store_.is_shared() && coming_terms(target).is_lasting())
      target.stored_revision_ = each.stored_revision + 1;
  }
}

void resource_state::notify(const pending_batch& p) const noexcept {
  for (const auto& each : p.changes) {
    if (changed_ != nullptr)
      changed_->publish({*each.target, each.number, each.target->find(each.number)},
                        [](std::string_view) { /* The change holds even if a subscriber fails. */ });
    try {
      if (!each.set_aside.empty() && set_aside_) set_aside_(*each.target, each.number, each.set_aside);
    } catch (const std::exception&) {
      continue;
    }
  }
}

/// Applies the changes of the whole group before reporting the first one.
void resource_state::end(pending_batch& leader, error_code why) noexcept {
  auto ended = queue_.end(leader);
  if (!why) {
    for (auto& p : ended) apply(p);
    for (const auto& p : ended) notify(p);
  }
  for (const auto& p : ended) queue_.leave(p);
  for (auto& p : ended)
    if (const auto work = std::move(p.work)) work->finish(why ? why : p.failed);
  give_turns();
}

/// Starts batches in a loop instead of recursively: a store that calls back at once would end one batch
/// inside another.
void resource_state::give_turns() noexcept {
  if (std::exchange(gives_turns_, true)) return;
  while (auto* const p = queue_.next()) run_or_end(*p);
  gives_turns_ = false;
}

void resource_state::abandon() noexcept {
  for (auto& p : queue_.abandon()) p.work->finish(errc::closed);
  for (auto& p : queue_.under_way())
    if (const auto work = std::move(p.work)) work->finish(errc::timed_out);
}

}  // namespace mqcoap
