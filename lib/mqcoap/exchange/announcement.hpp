#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/exchange/backoff.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace mqcoap {

/// Decides what an announcer publishes, with which dates, and how it reacts to messages under its own topic
/// (docs/protocol.md, "Discovery"). Does no I/O.
///
/// A reader may keep the newest message. Therefore ONLINE has the date at which its connection began, the
/// last will of that connection is one millisecond newer, and later messages are newer still.
class announcement {
 public:
  /// The reaction to a message.
  enum class need : std::uint8_t {
    nothing,
    repeat,  ///< publish ONLINE again
    renew,   ///< publish it with a newer date; on a new connection if possible, for the last will has one too
  };

  explicit announcement(const clock& time) : time_(time), random_(std::random_device()()) {}

  /// Called before connecting. Returns the payload of the last will.
  std::string begin_connection();
  /// Gives ONLINE a newer date on the same connection; its last will is then older.
  void redate();

  /// Returns the payload to publish now.
  std::string online();
  std::string offline();

  /// Handles a message under the topic, whether from this announcer or from another program. An empty message
  /// means that the retained one was removed.
  void heard(std::string_view payload, bool retained);

  /// Returns what is needed now; each need is returned once. The first one is returned at once, later ones at
  /// growing intervals, so that two programs that contradict each other do not do so at full speed.
  need take_need();
  /// Returns the earliest time at which `take_need` returns a need; `steady_time::max()` if
  /// nothing is needed.
  steady_time next_need() const noexcept { return wanted_ == need::nothing ? steady_time::max() : due_; }

  /// Returns true while another program announces the same device: from its first message until its OFFLINE.
  bool contested() const noexcept { return contested_; }
  /// Returns true if the broker has delivered the last ONLINE.
  bool heard_back() const noexcept { return heard_back_; }

  /// Gives all later messages a newer date than any that `before` sent or received.
  void continue_after(const announcement& before) noexcept { newest_ = std::max(newest_, before.newest_); }

 private:
  bool is_own(std::string_view payload) const noexcept;
  void keep(const std::string& payload);
  void note_date(std::optional<unix_millis> heard);
  std::int64_t newer_date() const;
  void want(need what);

  const clock& time_;
  std::minstd_rand random_;
  std::int64_t since_ = 0;   ///< date of ONLINE
  std::int64_t newest_ = 0;  ///< the newest date that was sent, also in the last will, or received
  bool online_ = false;      ///< the last published state
  bool contested_ = false;
  bool heard_back_ = false;
  std::deque<std::string> said_;  ///< recently published messages, which the broker delivers back
  need wanted_ = need::nothing;
  steady_time due_{};
  backoff backoff_;
  std::optional<steady_time> corrected_;  ///< when `take_need` last returned a need
};

}  // namespace mqcoap
