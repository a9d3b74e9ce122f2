#pragma once

#include <cstdint>
#include <mqcoap/transport/link_options.hpp>

namespace mqcoap {

/// Which MQTT version to try. `automatic` begins with 5 and falls back to 3.1.1 once, at once, when the
/// broker refuses the version or hangs up instead of answering; it stays with what worked. A broker that has
/// spoken 5 and hangs up is taken for one that is going down, but not for ever: another may stand there now.
class protocol_choice {
 public:
  /// Hang-ups in a row after which nothing counts as proven any more.
  static constexpr int tolerated_hang_ups = 5;

  enum class failure : std::uint8_t {
    version_refused,  ///< the broker said so
    hung_up,          ///< closed before it answered: what some 3.1.1 brokers do with a 5
    other,            ///< says nothing about the version
  };

  explicit protocol_choice(mqtt_protocol wanted) noexcept
      : automatic_(wanted == mqtt_protocol::automatic), next_(automatic_ ? mqtt_protocol::v5 : wanted) {}

  /// v5 or v311.
  mqtt_protocol next() const noexcept { return next_; }
  /// The broker accepted what `next` said.
  void worked() noexcept {
    proven_ = next_;
    hang_ups_ = 0;
  }
  /// True: the other version should be tried at once.
  bool failed(failure why) noexcept;

 private:
  bool automatic_;
  mqtt_protocol next_;
  mqtt_protocol proven_ = mqtt_protocol::automatic;  ///< nothing yet
  int hang_ups_ = 0;  ///< since a version worked; other failures between them say nothing
};

}  // namespace mqcoap
