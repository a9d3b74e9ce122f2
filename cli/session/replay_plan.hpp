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

/// A request of a recording that will be sent again.
struct planned_request {
  std::chrono::microseconds at{};  ///< time after the first request of the plan
  device_tag tag;
  subsystem_name subsystem;
  request_id id;                   ///< as recorded
  std::string payload;             ///< as recorded
  std::optional<request> decoded;  ///< none: it breaks the protocol, and can only be sent unchanged
  std::optional<std::int64_t>
      code;          ///< the recorded answer; none: there was none, or it is not in the recording
  json_text body{};  ///< likewise
};

struct replay_plan {
  std::vector<planned_request> requests;  ///< by time
  std::size_t writes_left_out = 0;        ///< POST, PUT and DELETE
  std::size_t broken_left_out = 0;        ///< requests that break the protocol
  std::size_t repeats_left_out = 0;       ///< requests with a repeated id

  bool empty() const noexcept { return requests.empty(); }
};

struct replay_choice {
  bool same_ids = false;
  bool writes = false;
};

/// Reads a recording. Empty lines are skipped, and so is an incomplete last line, which remains when the
/// recorder is ended while it writes. @param name  for error texts. @throws failure
struct recording {
  std::vector<recorded_message> messages{};
  bool cut_short = false;
};
recording read_recording(std::istream& in, const std::string& name);

/// Selects the requests to send again.
replay_plan make_plan(const std::vector<recorded_message>& messages, replay_choice choice);

/// Returns the payload to send: as recorded, or with another id and the present time.
std::string payload_of(const planned_request& r, const request_id& id, unix_millis now, bool as_recorded);

}  // namespace mqcoap::cli
