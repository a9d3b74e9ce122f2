#include <mqcoap/store/sqlite_store.hpp>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <ctime>
#include <mqcoap/store/storage_fault.hpp>
#include <new>
#include <utility>

namespace mqcoap::store {
namespace {

/// How long a write is remembered while the gateway runs, as `duplicate_filter` does.
constexpr std::chrono::seconds write_window{300};
constexpr std::chrono::seconds forgetting_interval{10};

/// Returns a time in UTC as a part of a file name.
std::string file_stamp(unix_millis t) {
  const std::time_t seconds = static_cast<std::time_t>(t.count / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  const auto length = std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts);
  return {text, length};
}

}  // namespace

sqlite_store::sqlite_store(const std::string& directory, environment env)
    : env_(std::move(env)), directory_(directory), database_(open()) {
  status_.where = database_->file();
  status_.bytes = database_->bytes();
  status_.cells = loaded_.size();
  status_.set_aside = database_->count_set_aside();
  status_.damaged = damaged_;
  writer_ = std::thread([this] { write(); });
}

sqlite_store::~sqlite_store() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  writer_.join();
}

std::unique_ptr<state_database> sqlite_store::open() {
  const auto file = directory_.database();
  try {
    auto opened = std::make_unique<state_database>(file, sqlite_database::access::write);
    loaded_ = opened->load();
    return opened;
  } catch (const storage_fault& e) {
    if (e.what_happened() != storage_fault::kind::damaged) throw;
    damaged_ = directory_.set_aside(".damaged-" + file_stamp(env_.time.wall()));
    if (env_.log)
      env_.log(log_level::error, std::string("the stored state is damaged (") + e.what() +
                                     "): it is kept as " + *damaged_ +
                                     ", and every resource begins with its configured value");
  }
  auto fresh = std::make_unique<state_database>(file, sqlite_database::access::write);
  loaded_ = fresh->load();
  return fresh;
}

std::vector<stored_cell> sqlite_store::load() { return std::exchange(loaded_, {}); }

void sqlite_store::enqueue(entry what) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(what));
  }
  wake_.notify_one();
}

/// Queues an entry, or rejects it with errc::too_many_pending if too many are waiting.
void sqlite_store::enqueue_if_room(entry what) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < most_waiting) {
      waiting_.push_back(std::move(what));
      wake_.notify_one();
      return;
    }
  }
  boost::asio::post(env_.loop, [done = std::move(what.done)] { done(errc::too_many_pending); });
}

void sqlite_store::commit(state_commit what, commit_handler done) {
  const auto values = what.values.size();
  const auto set_aside = std::count_if(what.values.begin(), what.values.end(),
                                       [](const stored_value& each) { return !each.set_aside.empty(); });
  enqueue_if_room({[this, what = std::move(what)] { database_->store(what, env_.time.wall()); },
                   std::move(done), values, set_aside});
}

void sqlite_store::begin(once_request write, begin_handler done) {
  const auto found = std::make_shared<once_record>();
  enqueue_if_room(
      {[this, found, write = std::move(write)] { *found = database_->begin_once(write, uptime()); },
       [found, done = std::move(done)](error_code why) { done(why, std::move(*found)); }});
}

/// Always has room: each write was begun, so their number is bounded. If the answer cannot be recorded, the
/// outcome of the write stays unknown.
void sqlite_store::end(std::string key, std::string answer) {
  enqueue({[this, key = std::move(key), answer = std::move(answer)] {
             database_->end_once(key, answer, uptime());
           },
           [](error_code) {}});
}

std::chrono::milliseconds sqlite_store::uptime() const {
  // 0 is the time of records from before the start.
  return std::chrono::milliseconds(1) +
         std::chrono::duration_cast<std::chrono::milliseconds>(env_.time.now() - opened_);
}

store_status sqlite_store::status() const {
  const std::lock_guard lock(mutex_);
  auto now = status_;
  now.waiting += waiting_.size();
  return now;
}

// ---- the writing thread

void sqlite_store::write() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    auto group = std::make_shared<entries>();
    group->swap(waiting_);
    status_.waiting = group->size();
    lock.unlock();
    store(*group);
    // The status must be up to date before the handlers run on the event loop, where they are also destroyed.
    lock.lock();
    status_.waiting = 0;
    boost::asio::post(env_.loop, [group = std::move(group)] {
      for (const auto& each : *group) each.done(each.outcome);
    });
  }
}

/// Stores all in one transaction. If that fails, each gets a separate one, so that one that cannot be stored
/// does not affect the others.
void sqlite_store::store(entries& group) {
  forget_old_writes();
  const auto failed = try_to_store(group);
  for (auto& each : group) each.outcome = failed && group.size() > 1 ? try_to_store({&each, 1}) : failed;
}

error_code sqlite_store::try_to_store(std::span<const entry> group) {
  const auto begun = env_.time.now();
  error_code failed;
  std::string why;
  try {
    database_->transact([group] {
      for (const auto& each : group) each.store();
    });
  } catch (const storage_fault& e) {
    why = e.what();
    failed = e.code();
  } catch (const std::bad_alloc&) {
    why = "out of memory";
    failed = make_error_code(boost::system::errc::not_enough_memory);
  }
  // An entry that will be retried alone does not count as rejected yet.
  if (!failed || group.size() == 1) note(group, env_.time.now() - begun, failed ? &why : nullptr);
  return failed;
}

/// Deletes old records of writes at intervals, before something else is stored. If that fails, it is repeated
/// the next time.
void sqlite_store::forget_old_writes() {
  const auto now = env_.time.now();
  if (now - forgot_ < forgetting_interval) return;
  forgot_ = now;
  const auto oldest = uptime() - write_window;
  if (oldest.count() <= 0) return;
  try {
    database_->transact([&] { database_->forget_once(oldest); });
  } catch (const storage_fault&) {
    return;
  }
}

/// Updates the status after a transaction.
/// @param why  the error; null: the group was stored
void sqlite_store::note(std::span<const entry> group, std::chrono::nanoseconds took, const std::string* why) {
  const auto bytes = database_->bytes();
  std::size_t values = 0;
  std::int64_t set_aside = 0;
  for (const auto& each : group) {
    values += each.values;
    set_aside += each.set_aside;
  }
  const std::lock_guard lock(mutex_);
  status_.bytes = bytes;
  const bool failed_before = status_.failing.has_value();
  if (why != nullptr) {
    status_.refused += group.size();
    status_.failing = *why;
    if (!failed_before)
      report(log_level::error, "state cannot be stored, and changes of it get 500: " + *why);
    return;
  }
  status_.commits.record(took);
  status_.batches.record(values);
  status_.values += values;
  status_.set_aside += set_aside;
  status_.failing.reset();
  if (failed_before)
    report(log_level::info,
           "state is stored again; " + std::to_string(status_.refused) + " changes have been refused so far");
}

void sqlite_store::report(log_level level, std::string message) {
  if (env_.log)
    boost::asio::post(env_.loop,
                      [log = env_.log, level, message = std::move(message)] { log(level, message); });
}

}  // namespace mqcoap::store
