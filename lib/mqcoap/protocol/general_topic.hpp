#pragma once

#include <cstdint>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/protocol/resource_path.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {

/// The topic of a general payload (docs/protocol.md, "Topics"):
/// `{namespace}/{subsystem}/event/{tag}/{path...}` or `{namespace}/{subsystem}/system/{tag}/{name}`.
struct general_topic {
  enum class kind : std::uint8_t {
    event,   ///< something happened
    system,  ///< status, health, presence
  };

  general_topic(namespace_name in, subsystem_name of, kind k, device_tag from, resource_path about)
      : ns(std::move(in)), subsystem(std::move(of)), which(k), tag(std::move(from)), path(std::move(about)) {}

  namespace_name ns;
  subsystem_name subsystem;
  kind which;
  device_tag tag;
  resource_path path;  ///< in a `system` topic, a single segment

  /// @par Errors  errc::invalid_topic
  static result<general_topic> parse(std::string_view text);
  std::string text() const;
};

/// A filter for general payloads. Absent members match everything.
struct general_filter {
  explicit general_filter(general_topic::kind k = general_topic::kind::event,
                          std::optional<subsystem_name> of = {}, std::optional<device_tag> from = {},
                          std::optional<resource_path> about = {})
      : which(k), subsystem(std::move(of)), tag(std::move(from)), path(std::move(about)) {}

  general_topic::kind which;
  std::optional<subsystem_name> subsystem;
  std::optional<device_tag> tag;
  std::optional<resource_path> path;

  /// The MQTT topic filter: `gf_int_v1/+/event/+/#`.
  std::string text(const namespace_name& ns) const;
};

}  // namespace mqcoap
