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

/// A request of a recording that is to be sent again.
struct planned_request {
  std::chrono::microseconds at{};  ///< after the first one of the plan
  device_tag tag;
  subsystem_name subsystem;
  request_id id;                   ///< as recorded
  std::string payload;             ///< as recorded
  std::optional<request> decoded;  ///< none: it breaks the protocol, and can only be sent as it was
  std::optional<std::int64_t>
      code;          ///< what was answered then; none: nothing was, or it is not in the recording
  json_text body{};  ///< likewise
};

struct replay_plan {
  std::vector<planned_request> requests;  ///< by time
  std::size_t writes_left_out = 0;        ///< POST, PUT and DELETE
  std::size_t broken_left_out = 0;        ///< requests that break the protocol
  std::size_t repeats_left_out = 0;       ///< an id that was sent again

  bool empty() const noexcept { return requests.empty(); }
};

struct replay_choice {
  bool same_ids = false;
  bool writes = false;
};

/// Reads a recording; empty lines do not count, nor does a last line that was cut short, because the
/// recorder was ended while it wrote. @param name  for error texts. @throws failure
struct recording {
  std::vector<recorded_message> messages{};
  bool cut_short = false;
};
recording read_recording(std::istream& in, const std::string& name);

/// What of it is sent again.
replay_plan make_plan(const std::vector<recorded_message>& messages, replay_choice choice);

/// The payload to be sent: as recorded, or under another id and with the present time.
std::string payload_of(const planned_request& r, const request_id& id, unix_millis now, bool as_recorded);

}  // namespace mqcoap::cli
