#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/transport/packet_limit.hpp>
#include <optional>

namespace mqcoap {

/// Finds out which packets are too large for a broker that does not say so: MQTT 3.1.1 has no words for it,
/// and a broker closes the connection. A connection that ends within a second of the largest packet so far is
/// a sign, a second one is proof enough to refuse such sizes. An end for another reason takes the proof back
/// to a sign: the broker may have been restarted with another limit. A broker that dies behind a large packet
/// looks the same, so a packet is cleared where the broker talks on behind it, and a sign does not count
/// where nobody listens afterwards.
class packet_size_watch {
 public:
  static constexpr std::chrono::seconds soon{1};
  /// What comes later than this behind a packet that has left was not sent before the broker saw it.
  static constexpr std::chrono::milliseconds under_way{200};
  /// Smaller packets are never suspected.
  static constexpr std::size_t least = 1 << 10;

  /// A packet was handed over.
  /// @param id  of the message
  /// @param tells  `written` will be called for it: until then it is on its way
  void sent(int id, std::size_t bytes, bool tells, steady_time now) noexcept;
  /// True if it matters what becomes of this message.
  bool follows(int id) const noexcept { return suspect_.bytes > 0 && suspect_.id == id; }
  /// The message that is followed has left this machine, and nobody knows whether it came.
  void written(steady_time now) noexcept;
  /// The broker has it.
  void acknowledged() noexcept { acquit(); }
  /// True if it matters whether the broker says something. Never where acknowledgements tell.
  bool awaits_word() const noexcept { return suspect_.bytes > 0 && suspect_.tells && !suspect_.leaving; }
  /// The broker has said something, and all that was sent has reached its machine: a broker that closes on a
  /// size is silent from then on, but for what was under way.
  void heard(steady_time now) noexcept;

  /// Why a connection ended, as far as the broker has said it.
  enum class cause : std::uint8_t { unknown, too_large, other };
  /// @return the size of the packet that is, or may be, the reason
  std::optional<std::size_t> ended(steady_time now, cause why) noexcept;

  /// Nobody listens where the connection was that has ended last: the broker is down. One that has closed
  /// the connection on a size still listens, so that end was no sign.
  /// @return true if it had been taken for one
  bool withdraw() noexcept;
  /// Takes the proof back to a sign: such a packet is tried once more.
  void try_again() noexcept { refused_ = false; }

  /// What is refused by now.
  packet_limit limit() const noexcept;

 private:
  struct packet {
    int id = 0;
    std::size_t bytes = 0;  ///< 0: none
    bool tells = false;     ///< `written` is called for it, and no acknowledgement comes
    bool leaving = false;   ///< not written yet
    steady_time at{};
    std::optional<steady_time> left;  ///< when it was first known to be at the broker's machine
  };
  bool is_recent(steady_time now) const noexcept { return suspect_.leaving || now - suspect_.at <= soon; }
  /// The suspect has passed.
  void acquit() noexcept;

  packet suspect_;           ///< the largest one, while it may still be the reason for what happens
  std::size_t proven_ = 0;   ///< such a packet has passed
  std::size_t accused_ = 0;  ///< the smallest size that was suspected; 0: none
  bool refused_ = false;     ///< twice
  std::optional<std::size_t> accused_before_;  ///< the last end, if that is the broker's silent sign
};

}  // namespace mqcoap
