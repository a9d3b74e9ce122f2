#pragma once

#include <spdlog/details/log_msg.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mqcoap/gateway/request_record.hpp>

#include "log_destination.hpp"

namespace mqcoap {

/// Writes lines of the log on a thread of its own, in their order, so that no terminal, pipe, disk or journal
/// holds up a thread that logs. What waits is bounded: a line for which there is no room is dropped and
/// counted, and once the others are written, a line in its place says how many there were. So does one after
/// lines that could not be written. The last quarter of the room is kept for what is more important than
/// debug.
/// @par Threads  Any.
class log_queue {
 public:
  static constexpr std::size_t default_room = 4u << 20;

  /// @param room  bytes that may wait; as much again may be in the writer's hands
  explicit log_queue(std::size_t room = default_room);
  /// Waits for nothing.
  ~log_queue();
  log_queue(const log_queue&) = delete;
  log_queue& operator=(const log_queue&) = delete;

  void push(const std::shared_ptr<log_destination>& to, const spdlog::details::log_msg& line) noexcept;
  void push(const std::shared_ptr<log_destination>& to, const request_record& r) noexcept;
  /// Counts a line that did not even become one.
  void count_dropped() noexcept;

  /// Lines that were dropped or could not be written.
  std::uint64_t dropped() const noexcept;

  /// Waits until everything is written, but no longer than this. @return false if it was not
  bool flush(std::chrono::milliseconds patience);
  /// The same; then the thread ends, or is left behind where it is stuck, and what is pushed is forgotten.
  bool close(std::chrono::milliseconds patience);

 private:
  struct state;
  std::shared_ptr<state> state_;  ///< also kept by the thread
};

}  // namespace mqcoap
