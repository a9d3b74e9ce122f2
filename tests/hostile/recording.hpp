#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "program.hpp"

namespace mqcoap::test {

/// A valid session: what the broker sent, and to which program.
struct recording {
  std::string who;
  program_options options;
  std::vector<hostile_broker::played> sent;
};

/// The number of requests in a session.
constexpr std::size_t requests_in_session = 3;

/// Records one session for each combination of program, version and QoS. @throws std::runtime_error if a
/// program does not work
std::vector<recording> record_sessions();

}  // namespace mqcoap::test
