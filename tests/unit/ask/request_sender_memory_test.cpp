#include <doctest/doctest.h>

#include <new>
#include <string>

#include "ask_fixture.hpp"
#include "support/scarce_memory.hpp"

using namespace mqcoap;
using namespace std::chrono_literals;
using ask::fact;
using cause = ask::failure::cause;
using test::ask_fixture;
using test::scarce_memory;

TEST_CASE("if any allocation fails while a request is placed, nothing remains of it") {
  int pieces = 0;
  do {
    CAPTURE(pieces);
    ask_fixture f;
    f.ask_confirmed("before");
    auto& at = f.device("D_1");
    auto made = std::make_unique<test::test_request>("a", f.ids.next(), f.time.now() + 1s, f.ended);
    bool placed = false;
    {
      const auto now = scarce_memory::lacking_one(pieces++);
      try {
        f.tested.place(at, std::move(made));
        placed = true;
      } catch (const std::bad_alloc&) {
      }
    }
    CHECK(f.ended.empty());
    CHECK(at.now().waiting == (placed ? 1 : 0));
    CHECK(f.tested.size() == at.now().all());
    f.tested.send_next(at);
    CHECK(f.via.sent.size() == (placed ? 2 : 1));
  } while (scarce_memory::refused() > 0);
  CHECK(pieces > 1);
}

TEST_CASE_FIXTURE(ask_fixture, "a request whose allocation fails ends immediately, and the queue continues") {
  ask_confirmed("before");
  place("large").text = std::string(100'000, 'x');
  place("small");
  {
    const scarce_memory now(50'000);
    tested.send_next(device("D_1"));
  }
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].name == "large");
  CHECK(ended[0].why == cause::not_sendable);
  CHECK_FALSE(ended[0].sent);
  CHECK(without_memory == 1);
  CHECK(via.sent.size() == 2);
}

TEST_CASE_FIXTURE(ask_fixture, "an answer whose allocation fails ends its request") {
  const auto id = ask_confirmed("a").id();
  auto payload = answer_to(id);
  payload.replace(payload.find("7"), 1, '"' + std::string(100'000, 'x') + '"');
  const auto topic = *exchange_topic::parse("gf_int_v1/axuv/response/D_1/" + std::string(id.text()));
  {
    const scarce_memory now(50'000);
    tested.on_response(via, topic, payload);
  }
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].why == cause::no_memory);
  CHECK(without_memory == 1);
  CHECK(device("D_1").idle());
}
