#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/state/state_store.hpp>
#include <mqcoap/store/state_database.hpp>
#include <mqcoap/store/state_directory.hpp>
#include <mqcoap/store/store_status.hpp>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace mqcoap::store {

/// Stores state in an SQLite database. One thread writes; commits that wait together share one transaction,
/// so that they share the wait for the disk.
/// @par Threads  All functions on the event loop.
class sqlite_store final : public state_store, public once_store {
 public:
  struct environment {
    boost::asio::any_io_executor loop;
    const clock& time;  ///< read by several threads
    log_sink log{};     ///< called on the event loop, and by the constructor
  };

  /// The maximum number of waiting commits and begun writes, in case the disk hangs.
  static constexpr std::size_t most_waiting = 16'384;

  /// Opens the database of a directory. A damaged one is renamed, and a new one is created; this is logged.
  /// May block.
  /// @par Errors  Throws `storage_fault`.
  sqlite_store(const std::string& directory, environment env);
  /// Waits until everything that was accepted is stored, or has failed.
  ~sqlite_store() override;

  std::vector<stored_cell> load() override;
  void commit(state_commit what, commit_handler done) override;
  void begin(once_request write, begin_handler done) override;
  void end(std::string key, std::string answer) override;

  store_status status() const;
  const std::string& directory() const noexcept { return directory_.path(); }

 private:
  /// An item that is stored together with others.
  struct entry {
    std::function<void()> store;           ///< called by the thread, within a transaction
    std::function<void(error_code)> done;  ///< called on the event loop, and destroyed there
    std::size_t values = 0;                ///< the number of values that it stores
    std::int64_t set_aside = 0;            ///< the number of values that it sets aside
    error_code outcome{};
  };
  using entries = std::vector<entry>;

  std::unique_ptr<state_database> open();
  void enqueue(entry what);
  void enqueue_if_room(entry what);
  std::chrono::milliseconds uptime() const;
  void write();
  void store(entries& group);
  error_code try_to_store(std::span<const entry> group);
  void forget_old_writes();
  void note(std::span<const entry> group, std::chrono::nanoseconds took, const std::string* why);
  void report(log_level level, std::string message);

  const environment env_;
  const steady_time opened_ = env_.time.now();
  steady_time forgot_ = opened_;  ///< the last deletion of old writes; used only by the thread
  const state_directory directory_;
  std::optional<std::string> damaged_;
  std::vector<stored_cell> loaded_;
  std::unique_ptr<state_database> database_;  ///< used only by the thread

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  entries waiting_;
  store_status status_;
  bool stopping_ = false;

  std::thread writer_;  ///< started after all other members are initialized
};

}  // namespace mqcoap::store
