#include <mqcoap/protocol/codec.hpp>
#include <session/recording.hpp>
#include <session/replay_plan.hpp>
#include <sstream>
#include <words/failure.hpp>

#include "../property.hpp"
#include "targets.hpp"

namespace mqcoap::fuzz {
namespace {

/// Checks that a message is unchanged after it was written and read.
void check_line(const cli::recorded_message& m) {
  const auto line = cli::to_line(m);
  HOLDS(is_safe(line));
  const auto again = cli::parse_recorded(line);
  HOLDS(again.t == m.t);
  HOLDS(again.topic == m.topic);
  HOLDS(again.payload == m.payload);
}

void check_planned(const cli::planned_request& r, cli::replay_choice choice) {
  HOLDS(r.at.count() >= 0);
  HOLDS(r.decoded || choice.same_ids);
  HOLDS(choice.writes || r.decoded->verb == method::get);
  HOLDS(cli::payload_of(r, r.id, {1}, true) == r.payload);
  if (!r.decoded) return;
  const auto id = *request_id::parse("16fd2706-8baf-433b-82eb-8c7fada847da");
  const auto fresh = decode_request(cli::payload_of(r, id, {1'745'534'869'619}, false), id.text(),
                                    {.limits = {.depth = 128, .path = 65'535}, .ids = validation::lenient});
  HOLDS(fresh);
  HOLDS(fresh->path == r.decoded->path);
  HOLDS(fresh->body == r.decoded->body);
  HOLDS(fresh->verb == r.decoded->verb);
}

void check_plan(const std::vector<cli::recorded_message>& messages, cli::replay_choice choice) {
  const auto plan = cli::make_plan(messages, choice);
  HOLDS(plan.requests.size() + plan.writes_left_out + plan.broken_left_out + plan.repeats_left_out <=
        messages.size());
  if (!plan.empty()) HOLDS(plan.requests.front().at.count() == 0);
  for (const auto& r : plan.requests) check_planned(r, choice);
}

}  // namespace

/// Runs a file as `mqcoap record` may have written it.
void run_recording(std::string_view lines) {
  std::istringstream in{std::string(lines)};
  cli::recording read;
  try {
    read = cli::read_recording(in, "file");
  } catch (const cli::failure& refused) {
    HOLDS(std::string_view(refused.what()).starts_with("file:"));
    HOLDS(is_safe(refused.what()));
    return;
  }
  for (const auto& m : read.messages) check_line(m);
  for (const bool same_ids : {false, true})
    for (const bool writes : {false, true}) check_plan(read.messages, {same_ids, writes});
}

}  // namespace mqcoap::fuzz
