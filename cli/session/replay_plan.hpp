#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/protocol/request.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <optional>
#include <string>
#include <vector>

#include "session/recording.hpp"

namespace mqcoap::cli {

/// A recorded request that will be sent again.
struct planned_request {
  std::chrono::microseconds at{};  ///< time after the first request of the plan
  device_tag tag;
  subsystem_name subsystem;
  request_id id;                   ///< as recorded
  std::string payload;             ///< as recorded
  std::optional<request> decoded;  ///< empty: it violates the protocol and can only be sent unchanged
  std::optional<std::int64_t>
      code;          ///< code of the recorded answer; empty: there was none, or it was not recorded
  json_text body{};  ///< body of the recorded answer; null if there was none
};

struct replay_plan {
  std::vector<planned_request> requests;  ///< by time
  std::size_t writes_left_out = 0;        ///< POST, PUT and DELETE
  std::size_t broken_left_out = 0;        ///< requests that violate the protocol
  std::size_t repeats_left_out = 0;       ///< requests with a repeated id

  bool empty() const noexcept { return requests.empty(); }
};

struct replay_choice {
  bool same_ids = false;
  bool writes = false;
};

/// The messages of a recording.
struct recording {
  std::vector<recorded_message> messages{};
  bool cut_short = false;  ///< the last line was incomplete
};

/// Reads a recording. Skips empty lines, and an incomplete last line, which remains if the recorder is
/// terminated while it writes. @param name  for error messages. @throws failure
recording read_recording(std::istream& in, const std::string& name);

/// Selects the requests that are sent again.
replay_plan make_plan(const std::vector<recorded_message>& messages, replay_choice choice);

/// Returns the payload to send: as recorded, or with another id and the current time.
std::string payload_of(const planned_request& r, const request_id& id, unix_millis now, bool as_recorded);

}  // namespace mqcoap::cli
