#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mqtt_peer.hpp"

namespace bench {

/// The target of a request.
struct target {
  std::string tag;
  std::string subsystem;
  std::string path;
};

/// Parses `TAG/SUBSYSTEM/PATH`. Returns nothing if a part is missing.
std::optional<target> parse_target(std::string_view text);

/// Returns a JSON array of integers that has exactly this many bytes (at least 1).
std::string json_of_size(std::size_t bytes);

/// Writes requests like the deployed Python library: the same fields in the same order.
class request_writer {
 public:
  /// As a body, this stands for the request's id, which makes each body unique.
  static constexpr char id_as_body[] = "@id";

  request_writer(std::string ns, std::string method, std::string body, int qos);

  void send(mqtt_peer& peer, const target& to, std::string_view id) const;
  std::size_t payload_size(const target& to) const noexcept;
  const std::string& method() const noexcept { return method_; }

 private:
  std::string ns_;
  std::string method_;
  bool has_fresh_body_ = false;
  std::string head_;    ///< the payload up to the request id, or up to a body that is unique
  std::string middle_;  ///< from that body to the request id
  std::string tail_;    ///< after the path
  int qos_;
};

/// The parts of a topic with five levels.
struct topic_parts {
  std::string_view ns, subsystem, kind, tag, id;
};
std::optional<topic_parts> parse_topic(std::string_view topic) noexcept;

/// Returns the response code of a payload, looking first at its usual position; nothing if there is none.
std::optional<int> response_code_in(std::string_view payload) noexcept;

/// Returns true if the payload contains this request id, looking first at its usual position.
bool names_id(std::string_view payload, std::string_view id) noexcept;

/// Parses the whole answer and returns what is wrong with it; empty if it is correct.
std::string fault_of(std::string_view payload, const target& requested, std::string_view id, int code);

}  // namespace bench
