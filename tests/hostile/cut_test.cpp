#include <doctest/doctest.h>

#include <string>

#include "stage.hpp"

using namespace mqcoap::test;
using ending = hostile_broker::ending;

namespace {

/// Returns the number of bytes of a session in which a program connects and sends one request.
std::size_t whole_session(const char* who, const program_options& options) {
  stage s(who, options);
  s.start();
  REQUIRE(s.welcome() == "");
  return s.hostile.sent();
}

/// Makes the broker end the first connection after some bytes; the program must work on the next one.
void cut(const char* who, const program_options& options, std::size_t after, ending how) {
  CAPTURE(who);
  CAPTURE(options.v5);
  CAPTURE(options.qos);
  CAPTURE(after);
  CAPTURE(how);
  stage s(who, options);
  s.hostile.end_after(after, how);
  s.start();
  REQUIRE(s.run_until([&] { return s.tested->up() || s.tested->downs == 1; }));
  if (s.tested->downs == 0) s.tested->ask();
  REQUIRE(s.run_until([&] { return s.tested->downs == 1; }));
  CHECK(s.tested->why);
  s.poll();  // completes what the loss of the connection has cancelled
  CHECK(s.welcome() == "");
  CHECK(s.tested->downs == 1);
  s.tested->elapse(std::chrono::minutes(1));
  s.poll();
  CHECK(s.harm() == "");
}

}  // namespace

TEST_CASE("a broker may reset a connection at each byte of a session") {
  for (const auto* const who : {"link", "front", "field", "client"}) {
    const auto bytes = whole_session(who, {});
    for (std::size_t after = 0; after <= bytes; ++after) cut(who, {}, after, ending::reset);
  }
}

TEST_CASE("a broker may close a connection at each byte of a session") {
  for (const auto* const who : {"link", "front", "field", "client"})
    for (const bool v5 : {true, false})
      for (const int qos : {0, 1}) {
        const program_options options{.v5 = v5, .qos = qos};
        const auto bytes = whole_session(who, options);
        for (std::size_t after = 0; after <= bytes; ++after) cut(who, options, after, ending::close);
      }
}
