#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "program.hpp"

namespace mqcoap::test {

/// A valid session: what the broker sent, and to whom.
struct recording {
  std::string who;
  program_options options;
  std::vector<hostile_broker::played> sent;
};

/// Requests in a session.
constexpr std::size_t asked_in_session = 3;

/// One of each program, version and QoS. @throws std::runtime_error if a program does not work
std::vector<recording> record_sessions();

}  // namespace mqcoap::test
