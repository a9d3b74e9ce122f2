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

/// Decides what an announcer of presence says, with which dates, and how it takes what it hears under its own
/// topic (docs/protocol.md, "Discovery"). Does no I/O.
///
/// A reader may keep the newest of what it was told. Therefore ONLINE has the date at which its connection
/// was begun, and the last will of that connection is a millisecond newer; what is said later is newer still.
class announcement {
 public:
  /// What is to be done about what was heard.
  enum class need : std::uint8_t {
    nothing,
    repeat,  ///< ONLINE is to be said again
    renew,   ///< the same, with newer dates: on a new connection, since the last will has a date as well
  };

  explicit announcement(const clock& time) : time_(time), random_(std::random_device()()) {}

  /// A connection is about to be made. Returns the payload of its last will.
  std::string begin_connection();
  /// Gives ONLINE a newer date on the same connection, whose last will then is older than that.
  void redate();

  /// What to publish now.
  std::string online();
  std::string offline();

  /// A message came under the topic, ours or another's. An empty one removes what is retained.
  void heard(std::string_view payload, bool retained);

  /// What is to be done now; each need is told once. The first one comes at once, those that follow it at
  /// intervals that grow: two who contradict each other must not do so at full speed.
  need take_need();
  /// When `take_need` has something, at the earliest; max: nothing is needed.
  steady_time next_need() const noexcept { return wanted_ == need::nothing ? steady_time::max() : due_; }

  /// True while somebody else announces the same: since it said something, and until it says OFFLINE.
  bool contested() const noexcept { return contested_; }
  /// True if the broker has brought back the last ONLINE.
  bool heard_back() const noexcept { return heard_back_; }

  /// Gives everything that is said from now on a newer date than what `before` said or heard.
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
  std::int64_t newest_ = 0;  ///< of all dates that were said, the last will's included, and heard
  bool online_ = false;      ///< the last word said
  bool contested_ = false;
  bool heard_back_ = false;
  std::deque<std::string> said_;  ///< of late: the broker brings it back
  need wanted_ = need::nothing;
  steady_time due_{};
  backoff backoff_;
  std::optional<steady_time> corrected_;  ///< the last time
};

}  // namespace mqcoap
