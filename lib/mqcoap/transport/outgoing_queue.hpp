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

/// Messages that wait because the connection accepts no more: first in, first out, limited in number and
/// bytes, each with a deadline after which it is useless. Handlers of dropped messages are returned, and the
/// caller calls them.
class outgoing_queue {
 public:
  using handlers = std::vector<link::written_handler>;

  struct entry {
    std::string text;  ///< topic, NUL, payload: one allocation per message
    std::size_t topic_size = 0;
    steady_time deadline;
    publish_options options;
    link::written_handler done;

    const char* topic() const noexcept { return text.c_str(); }
    std::string_view payload() const noexcept { return std::string_view(text).substr(topic_size + 1); }
  };

  outgoing_queue(std::size_t max_messages, std::size_t max_bytes) noexcept
      : max_messages_(max_messages), max_bytes_(max_bytes) {}

  /// Returns false, and stores nothing, if there is no room even after dropping expired messages.
  /// @param expired  receives the handlers of messages whose deadline passed; likewise in
  ///   the functions below
  bool push(std::string_view topic, std::string_view payload, steady_time deadline, publish_options options,
            link::written_handler done, steady_time now, handlers& expired);

  bool empty() const noexcept { return waiting_.empty(); }
  std::size_t size() const noexcept { return waiting_.size(); }
  /// Returns the bytes of all messages, without the overhead of the queue.
  std::size_t bytes() const noexcept { return bytes_; }

  /// Returns the next message that has not expired, or null. Valid until the next non-const call.
  entry* front(steady_time now, handlers& expired);
  void pop() noexcept;

  /// Drops expired messages. Costs nothing before the earliest deadline.
  void expire(steady_time now, handlers& expired);
  /// Drops all messages and returns their number.
  /// @param dropped  receives their handlers
  std::size_t clear(handlers& dropped);

  /// Returns the number of messages dropped at their deadline so far.
  std::uint64_t expired() const noexcept { return expired_; }

 private:
  /// Adds the handler of the message, if it has one, to those to be called.
  static void give_up(entry& m, handlers& dropped);

  std::size_t max_messages_;
  std::size_t max_bytes_;
  std::deque<entry> waiting_;
  std::size_t bytes_ = 0;
  std::uint64_t expired_ = 0;
  steady_time earliest_ = steady_time::max();  ///< at most the earliest deadline
};

}  // namespace mqcoap
