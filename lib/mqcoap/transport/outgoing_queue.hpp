#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/transport/link.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// Messages that wait because the connection takes no more: first in, first out, bounded in number and bytes,
/// each with a deadline after which nobody wants it. Handlers of messages that are dropped are handed out,
/// for the caller to answer.
class outgoing_queue {
 public:
  using handlers = std::vector<link::written_handler>;

  struct entry {
    std::string text;  ///< topic, NUL, payload: one allocation a message
    std::size_t topic_size = 0;
    steady_time deadline;
    publish_options options;
    link::written_handler done;

    const char* topic() const noexcept { return text.c_str(); }
    std::string_view payload() const noexcept { return std::string_view(text).substr(topic_size + 1); }
  };

  outgoing_queue(std::size_t max_messages, std::size_t max_bytes) noexcept
      : max_messages_(max_messages), max_bytes_(max_bytes) {}

  /// False, and nothing is kept, if it has no place even after what has expired was dropped.
  /// @param expired  gets the handlers of what was dropped at its deadline; so in the calls below
  bool push(std::string_view topic, std::string_view payload, steady_time deadline, publish_options options,
            link::written_handler done, steady_time now, handlers& expired);

  bool empty() const noexcept { return waiting_.empty(); }
  std::size_t size() const noexcept { return waiting_.size(); }
  /// Of everything kept, without the queue's own bookkeeping.
  std::size_t bytes() const noexcept { return bytes_; }

  /// The next one that has not expired, or null. Valid until the next call that is not const.
  entry* front(steady_time now, handlers& expired);
  void pop() noexcept;

  /// Drops what has expired. Costs nothing as long as the earliest deadline has not come.
  void expire(steady_time now, handlers& expired);
  /// Drops everything and returns how many they were. @param dropped  gets their handlers
  std::size_t clear(handlers& dropped);

  /// How many were dropped at their deadline so far.
  std::uint64_t expired() const noexcept { return expired_; }

 private:
  /// Puts the handler, if there is one, among those to be answered.
  static void give_up(entry& m, handlers& dropped);

  std::size_t max_messages_;
  std::size_t max_bytes_;
  std::deque<entry> waiting_;
  std::size_t bytes_ = 0;
  std::uint64_t expired_ = 0;
  steady_time earliest_ = steady_time::max();  ///< no later than the earliest deadline that waits
};

}  // namespace mqcoap
