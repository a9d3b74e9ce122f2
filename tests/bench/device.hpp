#pragma once

#include <string>
#include <vector>

#include "mqtt_peer.hpp"
#include "wire.hpp"

namespace bench {

/// Simulates the devices behind a proxy on the load generator's own connection: answers every request in a
/// namespace immediately or, while it is muted, on demand.
class device {
 public:
  /// @param path  the single path in all its answers
  device(mqtt_peer& peer, std::string ns, const std::string& path, std::size_t body_bytes, int qos);

  bool takes(const topic_parts& topic) const noexcept {
    return !ns_.empty() && topic.ns == ns_ && topic.kind == "request";
  }
  void handle(const topic_parts& topic);

  void be_mute(bool mute) noexcept { mute_ = mute; }
  std::size_t waiting() const noexcept { return waiting_.size(); }
  /// Answers all requests that arrived while it was muted.
  void answer_waiting();

 private:
  struct request {
    std::string subsystem, tag, id;
  };
  void answer(std::string_view subsystem, std::string_view tag, std::string_view id);

  mqtt_peer& peer_;
  std::string ns_;
  std::string head_;  ///< the payload up to the request id
  std::string tail_;  ///< the payload after the tag
  int qos_;
  bool mute_ = false;
  std::vector<request> waiting_;
};

}  // namespace bench
