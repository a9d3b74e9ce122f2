#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/transport/packet_limit.hpp>
#include <optional>

namespace mqcoap {

/// Finds out which packets are too large for a broker that does not announce its limit: MQTT 3.1.1 has no way
/// to do so, and such a broker closes the connection. A connection that ends within a second of the largest
/// packet so far is a sign; a second one is proof enough to reject such sizes. An end for another reason
/// reduces the proof to a sign, since the broker may have been restarted with another limit. A broker that
/// crashes after a large packet looks the same; therefore a packet is cleared if the broker sends anything
/// after it, and a sign does not count if no server listens afterwards.
class packet_size_watch {
 public:
  static constexpr std::chrono::seconds soon{1};
  /// Data that arrives later than this after a sent packet was sent after the broker saw that packet.
  static constexpr std::chrono::milliseconds under_way{200};
  /// Smaller packets are never suspected.
  static constexpr std::size_t least = 1 << 10;

  /// Notes a packet that was passed on.
  /// @param id  the id of the message
  /// @param awaits_written  `written` will be called for it: until then it is in flight
  void sent(int id, std::size_t bytes, bool awaits_written, steady_time now) noexcept;
  /// Returns true if the outcome of this message matters.
  bool follows(int id) const noexcept { return suspect_.bytes > 0 && suspect_.id == id; }
  /// Notes that the followed message has left this machine, without an acknowledgement.
  void written(steady_time now) noexcept;
  /// Notes that the broker has acknowledged it.
  void acknowledged() noexcept { acquit(); }
  /// Returns true if it matters whether the broker sends anything. Never with acknowledgements.
  bool awaits_word() const noexcept {
    return suspect_.bytes > 0 && suspect_.awaits_written && !suspect_.leaving;
  }
  /// Notes that the broker has sent something, and that everything sent has reached the broker's machine: a
  /// broker that closes the connection because of a size sends nothing more, except what was in flight.
  void heard(steady_time now) noexcept;

  /// Why a connection ended, as far as the broker gave a reason.
  enum class cause : std::uint8_t { unknown, too_large, other };
  /// Notes the end of a connection.
  /// @return the size of the packet that is, or may be, the reason
  std::optional<std::size_t> ended(steady_time now, cause why) noexcept;

  /// Notes that no server listens at the address of the last connection, which means that the broker is down.
  /// A broker that closed the connection because of a size still listens, so that end was not a sign.
  /// @return true if it had been counted as a sign
  bool withdraw() noexcept;
  /// Reduces the proof to a sign: such a packet is tried once more.
  void try_again() noexcept { refused_ = false; }

  /// Returns the limit above which packets are currently rejected.
  packet_limit limit() const noexcept;

 private:
  struct packet {
    int id = 0;
    std::size_t bytes = 0;        ///< 0: none
    bool awaits_written = false;  ///< `written` is called for it, and no acknowledgement comes
    bool leaving = false;         ///< not written yet
    steady_time at{};
    std::optional<steady_time> left;  ///< when it was first known to have reached the broker's machine
  };
  bool is_recent(steady_time now) const noexcept { return suspect_.leaving || now - suspect_.at <= soon; }
  /// Notes that the suspected packet was accepted.
  void acquit() noexcept;

  packet suspect_;           ///< the largest packet, while it may still be the reason for a close
  std::size_t proven_ = 0;   ///< the largest accepted size
  std::size_t accused_ = 0;  ///< the smallest size that was suspected; 0: none
  bool refused_ = false;     ///< it was suspected twice
  std::optional<std::size_t> accused_before_;  ///< set if the last end counted as a sign
};

}  // namespace mqcoap
