#pragma once

#include <cstdint>
#include <mqcoap/transport/link_options.hpp>

namespace mqcoap {

/// Chooses the MQTT version to try. `automatic` begins with 5 and falls back to 3.1.1 once, without a pause,
/// when the broker rejects the version or closes the connection instead of answering; it stays with the
/// version that worked. A broker that has used 5 and closes the connection is assumed to be shutting down,
/// but not forever: it may have been replaced.
class protocol_choice {
 public:
  /// The number of closes since a version last worked after which no version counts as proven any more.
  static constexpr int tolerated_hang_ups = 5;

  enum class failure : std::uint8_t {
    version_refused,  ///< the broker reported that
    hung_up,          ///< closed without an answer, as some 3.1.1 brokers do when they receive version 5
    other,            ///< unrelated to the version
  };

  explicit protocol_choice(mqtt_protocol wanted) noexcept
      : automatic_(wanted == mqtt_protocol::automatic), next_(automatic_ ? mqtt_protocol::v5 : wanted) {}

  /// Returns v5 or v311.
  mqtt_protocol next() const noexcept { return next_; }
  /// Notes that the broker accepted the version of `next`.
  void worked() noexcept {
    proven_ = next_;
    hang_ups_ = 0;
  }
  /// Notes a failure. Returns true if the other version should be tried at once.
  bool failed(failure why) noexcept;

 private:
  bool automatic_;
  mqtt_protocol next_;
  mqtt_protocol proven_ = mqtt_protocol::automatic;  ///< `automatic`: none yet
  int hang_ups_ = 0;  ///< closes since a version worked; other failures in between are ignored
};

}  // namespace mqcoap
