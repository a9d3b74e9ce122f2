#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mqcoap/client/client_base.hpp>
#include <optional>
#include <utility>

namespace mqcoap {

/// Messages of one subscription that wait to be received. Bounded: the oldest are dropped first, and the next
/// message taken reports how many were dropped.
class event_queue {
 public:
  /// @param bytes  of payloads; the newest message is stored, however large
  event_queue(std::size_t most, std::size_t bytes) : most_(most), most_bytes_(bytes) {}

  void push(const general_message& m, std::size_t bytes) {
    while (!kept_.empty() && (kept_.size() >= most_ || bytes_ + bytes > most_bytes_)) {
      bytes_ -= kept_.front().bytes;
      kept_.pop_front();
      ++lost_;
    }
    ++lost_;  // until it is stored, which may fail
    kept_.push_back({m, bytes});
    --lost_;
    bytes_ += bytes;
  }
  /// Counts a message that could not be stored.
  void count_lost() noexcept { ++lost_; }
  std::optional<general_message> take() {
    if (kept_.empty()) return std::nullopt;
    std::optional<general_message> first(std::move(kept_.front().message));
    bytes_ -= kept_.front().bytes;
    kept_.pop_front();
    first->lost = std::exchange(lost_, 0);
    return first;
  }

 private:
  struct entry {
    general_message message;
    std::size_t bytes;
  };

  const std::size_t most_;
  const std::size_t most_bytes_;
  std::deque<entry> kept_;
  std::size_t bytes_ = 0;
  std::uint64_t lost_ = 0;  ///< since the last message was taken
};

}  // namespace mqcoap
