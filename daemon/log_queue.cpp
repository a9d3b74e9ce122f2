#include "log_queue.hpp"

#include <spdlog/details/log_msg_buffer.h>
#include <spdlog/fmt/fmt.h>

#include <condition_variable>
#include <csignal>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace mqcoap {
namespace {

struct request_line {
  request_record record;
  spdlog::log_clock::time_point when;
};

struct entry {
  std::shared_ptr<log_destination> to;
  std::variant<spdlog::details::log_msg_buffer, request_line> line;
};

std::size_t text_size(const request_record& r) noexcept {
  return r.request_id.size() + r.source.size() + r.method.size() + r.device.size() + r.subsystem.size() +
         r.path.size() + r.correlation_id.size() + r.traceparent.size() + r.message.size();
}

/// The number of lines that are written together.
constexpr std::uint64_t lines_a_write = 256;

spdlog::details::log_msg_buffer warning(const std::string& message) {
  return spdlog::details::log_msg_buffer({log_name, spdlog::level::warn, message});
}

}  // namespace

struct log_queue::state {
  explicit state(std::size_t size) : room(size) {}

  void push(entry e, std::size_t size, bool important) noexcept;
  void run() noexcept;

  const std::size_t room;
  mutable std::mutex mutex;
  std::condition_variable news;  ///< signals the writer
  std::condition_variable idle;  ///< signals threads that wait for the queue
  std::vector<entry> waiting;
  std::size_t bytes = 0;  ///< of waiting lines
  std::uint64_t dropped = 0;
  std::uint64_t gap = 0;  ///< dropped lines that have not been reported yet
  bool writing = false;
  bool closing = false;
  bool ended = false;  ///< the thread has ended

 private:
  void write(const std::vector<entry>& batch, std::uint64_t gap_behind) noexcept;
  void add(const entry& e);
  void flush_last();
  void lose(const std::string& why);

  // Members of the writing thread.
  std::shared_ptr<log_destination> last;  ///< the destination with unflushed lines
  std::uint64_t added = 0;                ///< the number of those lines
  std::uint64_t lost = 0;                 ///< lines that could not be written and have not been reported yet
  std::string lost_why;
};

void log_queue::state::push(entry e, std::size_t size, bool important) noexcept try {
  const auto cost = sizeof(entry) + size;
  {
    const std::lock_guard lock(mutex);
    if (closing) return;
    if (!waiting.empty() && bytes + cost > (important ? room : room / 4 * 3)) {
      ++dropped;
      ++gap;
      return;
    }
    waiting.push_back(std::move(e));
    bytes += cost;
  }
  news.notify_one();
} catch (const std::exception&) {
  const std::lock_guard lock(mutex);
  ++dropped;
  ++gap;
}

void log_queue::state::run() noexcept {
  std::unique_lock lock(mutex);
  for (;;) {
    news.wait(lock, [this] { return !waiting.empty() || closing; });
    if (waiting.empty()) break;
    auto batch = std::exchange(waiting, {});
    bytes = 0;
    const auto gap_behind = std::exchange(gap, 0);
    writing = true;
    lock.unlock();
    write(batch, gap_behind);
    batch.clear();  // also releases destinations that only the batch still owns
    lock.lock();
    writing = false;
    if (waiting.empty()) idle.notify_all();
  }
  ended = true;
  idle.notify_all();
}

void log_queue::state::write(const std::vector<entry>& batch, std::uint64_t gap_behind) noexcept try {
  for (const auto& e : batch) {
    if (e.to != last || added >= lines_a_write) flush_last();
    last = e.to;
    add(e);
  }
  if (gap_behind > 0) {
    const auto message = fmt::format(
        "{} lines of the log were dropped here: they came faster than they could be written", gap_behind);
    add({last, warning(message)});
  }
  flush_last();
  last.reset();
} catch (const std::exception&) {
  // Out of memory for the text: the lines before it are written or counted.
  last.reset();
}

void log_queue::state::add(const entry& e) try {
  ++added;
  if (const auto* request = std::get_if<request_line>(&e.line))
    e.to->add(request->record, request->when);
  else
    e.to->add(std::get<spdlog::details::log_msg_buffer>(e.line));
} catch (const std::exception& fault) {
  lose(fault.what());
}

void log_queue::state::flush_last() try {
  if (last == nullptr || added == 0) return;
  last->flush();
  added = 0;
  if (lost == 0) return;
  last->add(warning(fmt::format("{} lines of the log could not be written: {}", lost, lost_why)));
  last->flush();
  lost = 0;
} catch (const std::exception& fault) {
  lose(fault.what());
}

/// Counts the lines since the last flush as lost, and reports the first loss on standard error.
void log_queue::state::lose(const std::string& why) {
  if (lost == 0 && !last->is_standard_error())
    say_without_waiting(fmt::format("{}: the log cannot be written: {}\n", log_name, why));
  lost += added;
  lost_why = why;
  const std::lock_guard lock(mutex);
  dropped += std::exchange(added, 0);
}

log_queue::log_queue(std::size_t room) : state_(std::make_shared<state>(room)) {
  // Blocks signals, which the thread of the event loop handles.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread([kept = state_] { kept->run(); }).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

log_queue::~log_queue() { close({}); }

void log_queue::push(const std::shared_ptr<log_destination>& to,
                     const spdlog::details::log_msg& line) noexcept try {
  state_->push({to, spdlog::details::log_msg_buffer(line)}, line.payload.size(),
               line.level > spdlog::level::debug);
} catch (const std::exception&) {
  count_dropped();
}

void log_queue::push(const std::shared_ptr<log_destination>& to, const request_record& r) noexcept try {
  state_->push({to, request_line{r, spdlog::log_clock::now()}}, text_size(r), false);
} catch (const std::exception&) {
  count_dropped();
}

void log_queue::count_dropped() noexcept {
  const std::lock_guard lock(state_->mutex);
  ++state_->dropped;
  ++state_->gap;
}

std::uint64_t log_queue::dropped() const noexcept {
  const std::lock_guard lock(state_->mutex);
  return state_->dropped;
}

bool log_queue::flush(std::chrono::milliseconds timeout) {
  std::unique_lock lock(state_->mutex);
  return state_->idle.wait_for(lock, timeout, [this] { return state_->waiting.empty() && !state_->writing; });
}

bool log_queue::close(std::chrono::milliseconds timeout) {
  std::unique_lock lock(state_->mutex);
  state_->closing = true;
  state_->news.notify_one();
  return state_->idle.wait_for(lock, timeout, [this] { return state_->ended; });
}

}  // namespace mqcoap
