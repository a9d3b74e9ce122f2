#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mqcoap {

/// The messages that were passed to the MQTT library and are not yet completed: at QoS 0 not yet written, at
/// QoS 1 not yet acknowledged. The library queues without a limit, so this class limits it: 512 messages and
/// 4 MiB, but at least one message of any size.
class write_window {
 public:
  static constexpr std::size_t max_messages = 512;
  static constexpr std::size_t max_bytes = 4u << 20;

  bool has_room(std::size_t bytes) const noexcept {
    return count_ == 0 || (count_ < max_messages && bytes_ + bytes <= max_bytes && used_ < max_messages);
  }
  /// @pre has_room(bytes)
  void add(int id, std::size_t bytes) noexcept;
  /// Removes a message; ids complete nearly in the order in which they were added. Returns false if the
  /// id is unknown.
  bool done(int id) noexcept;
  void clear() noexcept { first_ = used_ = count_ = bytes_ = 0; }

  bool empty() const noexcept { return count_ == 0; }
  std::size_t size() const noexcept { return count_; }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct entry {
    int id = 0;
    std::size_t bytes = 0;
    bool open = false;
  };
  entry& at(std::size_t offset) noexcept { return ring_[(first_ + offset) % max_messages]; }

  std::array<entry, max_messages> ring_{};
  std::size_t first_ = 0;
  std::size_t used_ = 0;   ///< entries from the first open one to the last, including completed ones
  std::size_t count_ = 0;  ///< open ones
  std::size_t bytes_ = 0;
};

}  // namespace mqcoap
