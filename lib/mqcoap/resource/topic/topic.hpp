#pragma once

#include <chrono>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/backend/backend_resource.hpp>
#include <mqcoap/resource/kind_options.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

class kind_module;
class resource_site;

/// The latest message of an ordinary MQTT topic.
struct topic_options {
  static constexpr std::string_view kind_name = "topic";

  std::string topic;  ///< without wildcards
  std::optional<std::chrono::milliseconds>
      stale_after{};        ///< an older message gets 503; if absent, any age is accepted
  std::string set_topic{};  ///< where a PUT publishes; empty if PUT is not allowed
  bool set_retain = false;  ///< the broker retains what a PUT publishes
  backend_resource_options front;

  method_set offered() const { return front.methods; }
  void make(resource_site& site) const;
  static bool reports_changes() noexcept { return true; }
  used_topics topics() const { return {topic, set_topic}; }
  friend bool operator==(const topic_options&, const topic_options&) = default;
};

/// Returns the kind. In a configuration: `vacuum: {topic: lab/vacuum/gauge1, pointer:
/// /pressure, stale_after: 30s}`.
const kind_module& topic_kind();

}  // namespace mqcoap
