#pragma once

#include <spdlog/details/log_msg.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mqcoap/gateway/request_record.hpp>

#include "log_destination.hpp"

namespace mqcoap {

/// Writes lines of the log on a separate thread, in order, so that no terminal, pipe, disk or journal blocks
/// a thread that logs. The queue is bounded: a line for which there is no room is dropped and counted, and
/// once the others are written, a line in its place reports how many were dropped. A line also reports lines
/// that could not be written. The last quarter of the room is reserved for lines more important than debug.
/// @par Threads  May be used by any thread.
class log_queue {
 public:
  static constexpr std::size_t default_room = 4u << 20;

  /// @param room  bytes that may wait; the writer may hold the same amount in addition
  explicit log_queue(std::size_t room = default_room);
  /// Closes the queue without waiting.
  ~log_queue();
  log_queue(const log_queue&) = delete;
  log_queue& operator=(const log_queue&) = delete;

  void push(const std::shared_ptr<log_destination>& to, const spdlog::details::log_msg& line) noexcept;
  void push(const std::shared_ptr<log_destination>& to, const request_record& r) noexcept;
  /// Counts a line that could not even be created.
  void count_dropped() noexcept;

  /// Returns the number of lines that were dropped or could not be written.
  std::uint64_t dropped() const noexcept;

  /// Waits until everything is written, but no longer than this. @return false if not all was written
  bool flush(std::chrono::milliseconds timeout);
  /// Does the same; then stops the thread, or detaches from it if it is stuck; lines pushed
  /// later are discarded.
  bool close(std::chrono::milliseconds timeout);

 private:
  struct state;
  std::shared_ptr<state> state_;  ///< also owned by the thread
};

}  // namespace mqcoap
