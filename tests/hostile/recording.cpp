#include "recording.hpp"

#include <stdexcept>

#include "stage.hpp"

namespace mqcoap::test {
namespace {

recording record(std::string_view who, const program_options& options) {
  recording made{std::string(who), options, {}};
  stage s(who, options);
  s.hostile.on_sent = [&made](const hostile_broker::played& piece) { made.sent.push_back(piece); };
  s.start();
  for (std::size_t i = 0; i < requests_in_session; ++i)
    if (const auto wrong = s.welcome(); !wrong.empty()) throw std::runtime_error(made.who + ": " + wrong);
  s.hostile.send(broker_packets::pingresp());
  if (options.v5) s.hostile.send(broker_packets::disconnect(0x8b));
  return made;
}

}  // namespace

std::vector<recording> record_sessions() {
  std::vector<recording> all;
  for (const auto* const who : {"link", "front", "field", "client"})
    for (const bool v5 : {true, false})
      for (const int qos : {0, 1}) all.push_back(record(who, {.v5 = v5, .qos = qos, .quick = false}));
  return all;
}

}  // namespace mqcoap::test
