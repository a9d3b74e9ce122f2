#include <mqcoap/store/sqlite_store.hpp>

#include <boost/asio/post.hpp>
#include <ctime>
#include <mqcoap/store/storage_fault.hpp>
#include <new>
#include <utility>

namespace mqcoap {
namespace {

/// A time as a part of a file's name, in UTC.
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

void sqlite_store::commit(state_commit what, commit_handler done) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(what), std::move(done)});
  }
  wake_.notify_one();
}

store_status sqlite_store::status() const {
  const std::lock_guard lock(mutex_);
  auto now = status_;
  now.waiting += waiting_.size();
  return now;
}

// ---- the thread that writes

void sqlite_store::write() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const auto group = std::make_shared<entries>();
    group->swap(waiting_);
    status_.waiting = group->size();
    lock.unlock();
    store(*group);
    // The handlers are destroyed on the event loop as well.
    boost::asio::post(env_.loop, [group = std::move(group)] {
      for (const auto& each : *group) each.done(each.outcome);
    });
    lock.lock();
    status_.waiting = 0;
  }
}

/// Stores all in one transaction. If that fails, each gets its own, so that one that cannot be stored does
/// not touch the others.
void sqlite_store::store(entries& group) {
  std::vector<const state_commit*> commits;
  commits.reserve(group.size());
  for (const auto& each : group) commits.push_back(&each.what);
  const auto failed = try_to_store(commits);
  for (auto& each : group) each.outcome = failed && group.size() > 1 ? try_to_store({&each.what}) : failed;
}

error_code sqlite_store::try_to_store(const std::vector<const state_commit*>& commits) {
  const auto begun = env_.time.now();
  error_code failed;
  std::string why;
  try {
    database_->store(commits, env_.time.wall());
  } catch (const storage_fault& e) {
    why = e.what();
    failed = e.code();
  } catch (const std::bad_alloc&) {
    why = "out of memory";
    failed = make_error_code(boost::system::errc::not_enough_memory);
  }
  // One that is tried again alone is not refused yet.
  if (!failed || commits.size() == 1) note(commits, env_.time.now() - begun, failed ? &why : nullptr);
  return failed;
}

/// @param why  null: it was stored
void sqlite_store::note(const std::vector<const state_commit*>& commits, std::chrono::nanoseconds took,
                        const std::string* why) {
  const auto bytes = database_->bytes();
  std::size_t values = 0;
  std::int64_t set_aside = 0;
  for (const auto* commit : commits)
    for (const auto& value : commit->values) {
      ++values;
      if (!value.set_aside.empty()) ++set_aside;
    }
  const std::lock_guard lock(mutex_);
  status_.bytes = bytes;
  const bool failed_before = status_.failing.has_value();
  if (why != nullptr) {
    status_.refused += values;
    status_.failing = *why;
    if (!failed_before) tell(log_level::error, "state cannot be stored, and changes of it get 500: " + *why);
    return;
  }
  status_.commits.record(took);
  status_.batches.record(values);
  status_.values += values;
  status_.set_aside += set_aside;
  status_.failing.reset();
  if (failed_before)
    tell(log_level::info,
         "state is stored again; " + std::to_string(status_.refused) + " changes have been refused so far");
}

void sqlite_store::tell(log_level level, std::string words) {
  if (env_.log)
    boost::asio::post(env_.loop, [log = env_.log, level, words = std::move(words)] { log(level, words); });
}

}  // namespace mqcoap
