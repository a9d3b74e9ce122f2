#include <mqcoap/store/postgres/postgres_store.hpp>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <iterator>
#include <limits>
#include <mqcoap/store/postgres/postgres_setup.hpp>
#include <stdexcept>
#include <utility>

namespace mqcoap::store {
namespace {

/// The maximum number of read statements in flight.
constexpr std::size_t most_reads_in_flight = 4;

pg_target target_of(const postgres_options& options) {
  auto parsed = pg_target::parse(options.url);
  if (parsed.has_error()) throw std::invalid_argument(parsed.error().message);
  return *std::move(parsed);
}

/// Returns a name that no other member has.
std::string make_member(std::mt19937_64& random) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string name;
  for (int i = 0; i < 32; ++i) name += digits[random() % digits.size()];
  return name;
}

/// Returns true if two transactions conflicted, and this one was rolled back.
bool is_collision(const pg_fault& fault) { return fault.state == "40001" || fault.state == "40P01"; }

/// Returns true if the server is temporarily unable to execute a statement: a time limit, a lock that is not
/// available, a server that became a standby.
bool is_passing(const pg_fault& fault) {
  return fault.state == "57014" || fault.state == "55P03" || fault.state == "25006";
}

error_code code_of(const pg_fault& fault) {
  if (fault.what != pg_fault::kind::refused || is_passing(fault)) return errc::storage_unreachable;
  return fault.state == "53100" ? errc::storage_full : errc::storage_failed;
}

/// Checks that a commit is based on all cells that it changes.
/// @par Errors  Throws std::logic_error
void check(const state_commit& what) {
  for (const auto& value : what.values)
    if (std::none_of(what.based_on.begin(), what.based_on.end(),
                     [&](const auto& mark) { return mark.of == value.of; }))
      throw std::logic_error("a commit changes a cell that it is not based on");
}

bool has_storable_numbers(const state_commit& what) {
  return std::all_of(what.values.begin(), what.values.end(), [](const auto& value) {
    return value.number < static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  });
}

steady_time now_steady() { return std::chrono::steady_clock::now(); }

}  // namespace

std::optional<std::string> fault_of_postgres_url(const std::string& url) {
  auto parsed = pg_target::parse(url);
  return parsed.has_error() ? std::optional(parsed.error().message) : std::nullopt;
}

postgres_store::postgres_store(const postgres_options& options, environment env)
    : options_(options),
      env_(std::move(env)),
      target_(target_of(options)),
      alive_(std::make_shared<postgres_store*>(this)),
      timer_(env_.loop),
      reads_(env_.loop, connection_options(), owner_of_reads(), env_.resolver),
      writes_(env_.loop, connection_options(), owner_of_writes(), env_.resolver) {
  std::random_device device;
  std::seed_seq seed{device(), device(), device(), device()};
  random_.seed(seed);
  author_.member = make_member(random_);
  status_.engine = "postgresql";
  status_.where = target_.message();
  reads_.start();
  writes_.start();
}

postgres_store::~postgres_store() { alive_.reset(); }

pg_connection_options postgres_store::connection_options() const {
  pg_connection_options made;
  made.to = target_;
  made.password = options_.password;
  made.timeout = options_.timeout;
  made.most_waiting = most_waiting;
  made.pauses.longest = made.pauses.longest_at_first = options_.longest_pause;
  return made;
}

// ---- connections

pg_connection::owner postgres_store::owner_of_reads() {
  return {[this](pg_session& session, prepared_handler done) {
            set_up(session, {options_.timeout, refresh_group::preparation()}, std::move(done));
          },
          [this] { on_up(); }, [this](const std::string& why) { on_down(why); }};
}

pg_connection::owner postgres_store::owner_of_writes() {
  return {[this](pg_session& session, prepared_handler done) { begin_writing(session, done); },
          [this] {
            on_up();
            store_waiting();
          },
          [this](const std::string& why) {
            on_down(why);
            if (writes_.is_refusing()) refuse_waiting();
          }};
}

/// Prepares a session for writing. Each session is an epoch: a group that an earlier one left in flight is
/// either stored by now, or never will be.
void postgres_store::begin_writing(pg_session& session, const prepared_handler& done) {
  const auto author = std::make_shared<const commit_author>(
      commit_author{author_.member, static_cast<std::int64_t>(random_() >> 1)});
  set_up(session, {options_.timeout, commit_group::preparation()},
         [this, done, author, of = session.weak_from_this()](const std::string& fault) {
           const auto still = of.lock();
           if (!fault.empty() || !still) return done(fault);
           still->send({begin_epoch(*author)}, [this, done, author](result<pg_rows, pg_fault> answer) {
             if (answer.has_error()) return done(answer.error().message);
             author_.epoch = author->epoch;
             on_epoch(*answer);
             done({});
           });
         });
}

/// Settles the group whose answer was lost.
void postgres_store::on_epoch(const pg_rows& rows) {
  if (!under_way_ || !under_way_->is_lost) return;
  if (rows.number(0, 0) == under_way_->number) return settle(rows.numbers(0, 1));
  try_again();
}

void postgres_store::on_up() {
  if (!is_reachable()) return;
  if (!trouble_.empty() || !std::exchange(was_up_, true))
    report(log_level::info, "connected to the database " + status_.where);
  trouble_.clear();
}

void postgres_store::on_down(const std::string& why) {
  if (std::exchange(trouble_, why) == why) return;
  report(log_level::warning, "the database " + status_.where + " cannot be used: " + why);
}

void postgres_store::report(log_level level, const std::string& message) const {
  if (env_.log) env_.log(level, message);
}

// ---- commits

void postgres_store::commit(state_commit what, commit_handler done) {
  check(what);
  if (what.based_on.empty()) return post(std::move(done), {});
  if (!has_storable_numbers(what)) {
    note_refused("the number of an item is too large for the database", what.values.size());
    return post(std::move(done), errc::storage_failed);
  }
  if (writes_.is_refusing() || commits_.size() >= most_waiting)
    return post(std::move(done), errc::storage_unreachable);
  commits_.push_back({std::move(what), std::move(done), now_steady() + options_.timeout});
  store_waiting();
  watch_deadlines();
}

void postgres_store::post(commit_handler done, error_code why) {
  boost::asio::post(env_.loop, [done = std::move(done), why] { done(why); });
}

/// Sends the waiting commits as one group.
void postgres_store::store_waiting() {
  if (under_way_ || commits_.empty() || !writes_.is_up()) return;
  under_way_ = sent_group{};
  auto& group = under_way_->group;
  while (!commits_.empty() && group.take(commits_.front())) commits_.pop_front();
  under_way_->number = ++last_number_;
  under_way_->begun = now_steady();
  if (group.has_new_cells())
    writes_.run({group.make_cells()}, [this, alive = std::weak_ptr(alive_),
                                       of = last_number_](const result<pg_rows, pg_fault>& answer) {
      if (alive.expired() || !under_way_ || under_way_->number != of || answer.has_value()) return;
      if (answer.error().what == pg_fault::kind::refused) under_way_->no_cells = answer.error();
    });
  writes_.run({group.store(author_, last_number_)},
              [this, alive = std::weak_ptr(alive_)](result<pg_rows, pg_fault> answer) {
                if (!alive.expired()) on_stored(std::move(answer));
              });
}

void postgres_store::on_stored(result<pg_rows, pg_fault> answer) {
  if (!under_way_) return;
  if (answer.has_error()) {
    refuse(answer.error());
  } else if (answer->size() == 0) {
    // The row of this member was deleted.
    writes_.reset("this gateway is not known in mqcoap_member");
    try_again();
  } else {
    settle(answer->numbers(0, 0));
  }
  watch_deadlines();
}

/// Completes the commits of a group.
/// @param stored  the positions of the commits that are stored
void postgres_store::settle(const std::vector<std::int64_t>& stored) {
  auto ended = *std::exchange(under_way_, std::nullopt);
  auto& commits = ended.group.commits();
  const auto otherwise = ended.no_cells ? code_of(*ended.no_cells) : make_error_code(errc::stale);
  status_.commits.record(now_steady() - ended.begun);
  status_.batches.record(ended.group.values());
  status_.failing.reset();
  const auto alive = std::weak_ptr(alive_);
  for (std::size_t i = 0; i < commits.size(); ++i) {
    const bool is_stored =
        std::find(stored.begin(), stored.end(), static_cast<std::int64_t>(i)) != stored.end();
    if (is_stored) status_.values += commits[i].what.values.size();
    commits[i].done(is_stored ? error_code() : otherwise);
    if (alive.expired()) return;
  }
  store_waiting();
}

/// Queues the commits of a group of which nothing was stored again, before those that came later.
void postgres_store::try_again() {
  auto ended = *std::exchange(under_way_, std::nullopt);
  auto& commits = ended.group.commits();
  commits_.insert(commits_.begin(), std::make_move_iterator(commits.begin()),
                  std::make_move_iterator(commits.end()));
  expire();
  store_waiting();
}

void postgres_store::refuse(const pg_fault& fault) {
  if (fault.what == pg_fault::kind::lost) {
    under_way_->is_lost = true;
    return;
  }
  if (fault.what == pg_fault::kind::unreachable && writes_.is_refusing())
    return end_group(errc::storage_unreachable);
  if (fault.what == pg_fault::kind::unreachable || is_collision(fault)) return try_again();
  auto& commits = under_way_->group.commits();
  if (commits.size() > 1 && !is_passing(fault)) {
    for (auto& each : commits) each.is_alone = true;
    return try_again();
  }
  note_refused(fault.message, under_way_->group.values());
  end_group(code_of(fault));
  if (fault.state == "25006") writes_.reset(fault.message);
}

void postgres_store::end_group(error_code why) {
  auto ended = *std::exchange(under_way_, std::nullopt);
  for (auto& each : ended.group.commits()) post(std::move(each.done), why);
  store_waiting();
}

void postgres_store::note_refused(const std::string& why, std::size_t values) {
  status_.refused += values;
  if (status_.failing != why) report(log_level::error, "the database refuses to store: " + why);
  status_.failing = why;
}

void postgres_store::refuse_waiting() {
  for (auto& each : std::exchange(commits_, {})) post(std::move(each.done), errc::storage_unreachable);
}

/// Fails operations that waited too long. A group that was already sent gets more time, because its outcome
/// can still be queried.
void postgres_store::expire() {
  const auto now = now_steady();
  const auto late = std::stable_partition(commits_.begin(), commits_.end(),
                                          [now](const auto& each) { return each.deadline > now; });
  for (auto at = late; at != commits_.end(); ++at) post(std::move(at->done), errc::storage_unreachable);
  commits_.erase(late, commits_.end());
  if (under_way_ && under_way_->is_lost && under_way_->begun + options_.certainty <= now)
    end_group(errc::timed_out);
}

void postgres_store::watch_deadlines() {
  auto next = steady_time::max();
  for (const auto& each : commits_) next = std::min(next, each.deadline);
  if (under_way_ && under_way_->is_lost) next = std::min(next, under_way_->begun + options_.certainty);
  if (next == steady_time::max() || next >= watched_) return;
  watched_ = next;
  timer_.expires_at(next);
  timer_.async_wait([this, alive = std::weak_ptr(alive_)](boost::system::error_code ec) {
    if (ec || alive.expired()) return;
    watched_ = steady_time::max();
    expire();
    watch_deadlines();
  });
}

// ---- reads

void postgres_store::refresh(std::vector<cell_mark> held, refresh_handler done) {
  if (reads_.is_refusing() || refreshes_.size() >= most_waiting) {
    boost::asio::post(env_.loop, [done = std::move(done)] { done(errc::storage_unreachable, {}); });
    return;
  }
  refreshes_.push_back({std::move(held), std::move(done), now_steady() + options_.timeout});
  ask_waiting();
}

void postgres_store::ask_waiting() {
  while (!refreshes_.empty() && reads_in_flight_ < most_reads_in_flight) {
    const auto group = std::make_shared<refresh_group>();
    while (!refreshes_.empty() && group->take(refreshes_.front())) refreshes_.pop_front();
    ++reads_in_flight_;
    reads_.run({group->ask()},
               [this, group, alive = std::weak_ptr(alive_)](const result<pg_rows, pg_fault>& answer) {
                 if (alive.expired()) return;
                 --reads_in_flight_;
                 on_found(group, answer);
                 if (!alive.expired()) ask_waiting();
               });
  }
}

void postgres_store::on_found(const std::shared_ptr<refresh_group>& group,
                              const result<pg_rows, pg_fault>& answer) {
  const auto alive = std::weak_ptr(alive_);
  const auto end_all = [&](error_code why) {
    for (auto& each : group->refreshes()) {
      each.done(why, {});
      if (alive.expired()) return;
    }
  };
  if (answer.has_error()) {
    const auto& fault = answer.error();
    if (fault.what == pg_fault::kind::refused) note_refused(fault.message, 0);
    if (fault.what != pg_fault::kind::lost) return end_all(code_of(fault));
    // Reading again does no harm.
    const auto now = now_steady();
    for (auto& each : group->refreshes()) {
      if (each.deadline > now)
        refreshes_.push_back(std::move(each));
      else
        boost::asio::post(env_.loop, [done = std::move(each.done)] { done(errc::storage_unreachable, {}); });
    }
    return;
  }
  auto found = group->answers(*answer);
  if (found.has_error()) {
    note_refused("the value of " + found.error().device + '/' + found.error().path + " is not JSON", 0);
    return end_all(errc::storage_failed);
  }
  for (std::size_t i = 0; i < found->size(); ++i) {
    group->refreshes()[i].done({}, std::move((*found)[i]));
    if (alive.expired()) return;
  }
}

store_status postgres_store::status() const {
  auto now = status_;
  now.waiting = commits_.size() + (under_way_ ? under_way_->group.size() : 0);
  if (!is_reachable() && !trouble_.empty()) now.failing = trouble_;
  return now;
}

}  // namespace mqcoap::store
