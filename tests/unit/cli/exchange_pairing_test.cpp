#include <doctest/doctest.h>
#include <output/exchange_pairing.hpp>

#include "exchange_samples.hpp"

using namespace mqcoap;
using namespace mqcoap::cli;
using namespace mqcoap::test;
using namespace std::chrono_literals;
using state = seen_exchange::state;

namespace {

/// A pairing with a clock that the test sets.
struct watched {
  exchange_pairing pairs;
  steady_time now{};

  explicit watched(pairing_options options = {}) : pairs(std::move(options)) {}
  std::optional<seen_exchange> ask(const std::string& id = id_1) {
    return pairs.on_message(request_topic(id), request_payload(id), now, {1'000});
  }
  std::optional<seen_exchange> answer(const std::string& id = id_1, int code = 205) {
    return pairs.on_message(response_topic(id), response_payload(id, code), now, {2'000});
  }
};

}  // namespace

TEST_CASE("an answer is reported with everything known from its request") {
  watched w;
  CHECK_FALSE(w.ask().has_value());
  w.now += 12ms;
  const auto seen = w.answer(id_1, 404);
  REQUIRE(seen.has_value());
  CHECK(seen->what == state::answered);
  CHECK(seen->tag == "DEV_1");
  CHECK(seen->subsystem == "axuv");
  CHECK(seen->path == "gains");
  CHECK(seen->from == "desk-7");
  CHECK(seen->verb == method::get);
  CHECK(seen->code == 404);
  CHECK(seen->took == 12ms);
  CHECK(seen->at == unix_millis{1'000});
  CHECK(seen->request_bytes == request_payload().size());
  CHECK(seen->response_bytes == response_payload(id_1, 404).size());
  CHECK_FALSE(seen->late);
  CHECK(seen->fault == "");
  CHECK(w.pairs.totals().codes.at(404) == 1);
}

TEST_CASE("a second answer is reported as such and not counted as an answer") {
  watched w;
  w.ask();
  w.answer();
  CHECK(w.answer()->what == state::repeated);
  CHECK(w.pairs.totals().answered == 1);
  CHECK(w.pairs.totals().repeated == 1);
}

TEST_CASE("an answer without an observed request is reported as unasked") {
  watched w;
  const auto seen = w.answer();
  CHECK(seen->what == state::unsolicited);
  CHECK(seen->at == unix_millis{2'000});
  CHECK_FALSE(seen->verb.has_value());
  CHECK(w.pairs.totals().unsolicited == 1);
}

TEST_CASE("a request without an answer is overdue once, and its answer then is late") {
  watched w({.overdue = 5s, .capacity = 10});
  CHECK(w.pairs.next_overdue() == steady_time::max());
  w.ask();
  w.now += 1s;
  w.ask(id_2);
  CHECK(w.pairs.next_overdue() == steady_time{} + 5s);
  w.answer(id_2);
  w.now = steady_time{} + 5s;
  const auto overdue = w.pairs.take_overdue(w.now);
  REQUIRE(overdue.size() == 1);
  CHECK(overdue[0].what == state::overdue);
  CHECK(overdue[0].took == 5s);
  w.now += 5s;
  CHECK(w.pairs.take_overdue(w.now).empty());
  CHECK(w.pairs.next_overdue() == steady_time::max());
  const auto late = w.answer();
  CHECK(late->what == state::answered);
  CHECK(late->late);
}

TEST_CASE(
    "a request that is sent again while it runs keeps its first time; after its answer it is a new one") {
  watched w;
  w.ask();
  w.now += 3s;
  w.ask();
  CHECK(w.answer()->took == 3s);
  w.now += 1s;
  w.ask();
  w.now += 1s;
  const auto again = w.answer();
  CHECK(again->what == state::answered);
  CHECK(again->took == 1s);
  CHECK(w.pairs.totals().requests == 2);
  w.now += 10s;
  CHECK(w.pairs.take_overdue(w.now).empty());
}

TEST_CASE("memory is bounded: the oldest request is dropped") {
  watched w({.overdue = 5s, .capacity = 2});
  const std::string id_3 = "36fd2706-8baf-433b-82eb-8c7fada847da";
  w.ask(id_1);
  w.ask(id_2);
  w.ask(id_3);
  CHECK(w.answer(id_1)->what == state::unsolicited);
  CHECK(w.answer(id_2)->what == state::answered);
  w.now += 5s;
  const auto overdue = w.pairs.take_overdue(w.now);
  REQUIRE(overdue.size() == 1);
  for (int i = 0; i < 10; ++i) {  // entries that were already checked are dropped like the others
    w.ask(id_1);
    w.answer(id_1);
  }
  CHECK(w.answer(id_3)->what == state::unsolicited);
}

TEST_CASE("malformed payloads are paired, and the fault is reported") {
  watched w;
  CHECK_FALSE(w.pairs.on_message(request_topic(), "{", w.now, {}).has_value());
  const auto seen = w.answer(id_1, 400);
  CHECK(seen->what == state::answered);
  CHECK(seen->path == "");
  CHECK_FALSE(seen->verb.has_value());
  CHECK(seen->fault != "");
  w.ask(id_2);
  const auto odd =
      w.pairs.on_message(response_topic(id_2), R"({"header":{"response_code":"205"}})", w.now, {});
  CHECK_FALSE(odd->code.has_value());
  CHECK(odd->fault != "");
  CHECK(w.pairs.totals().faulty == 2);
}

TEST_CASE("an answer whose id differs from that of its topic is reported as malformed") {
  watched w;
  w.ask();
  const auto seen = w.pairs.on_message(response_topic(id_1), response_payload(id_2), w.now, {});
  CHECK(seen->what == state::answered);
  CHECK(seen->fault.find("request_id") != std::string::npos);
}

TEST_CASE("the code is reported as written, even if it is not in the table") {
  watched w;
  w.ask();
  CHECK(w.answer(id_1, 299)->code == 299);
}

TEST_CASE("messages that are not part of an exchange are ignored") {
  watched w;
  CHECK_FALSE(w.pairs.on_message("gf_int_v1/axuv/event/DEV_1/gains", "{}", w.now, {}).has_value());
  CHECK_FALSE(w.pairs.on_message("a", "", w.now, {}).has_value());
  CHECK(w.pairs.totals().requests == 0);
}

TEST_CASE("unselected requests are neither reported nor counted, even if their answer would be selected") {
  watched w({.wanted = [](auto, auto, std::string_view path) { return path == "gains"; }});
  CHECK_FALSE(
      w.pairs.on_message(request_topic(id_2), request_payload(id_2, "GET", "other"), w.now, {}).has_value());
  CHECK_FALSE(w.answer(id_2).has_value());  // although its own path is gains
  CHECK_FALSE(w.answer(id_2).has_value());
  CHECK(w.pairs.totals().requests == 0);
  CHECK(w.pairs.totals().answered == 0);
  CHECK(w.pairs.totals().codes.empty());
  w.ask();
  CHECK(w.answer().has_value());
  CHECK(w.pairs.totals().requests == 1);
  w.pairs.on_message(request_topic("36fd2706-8baf-433b-82eb-8c7fada847da"),
                     request_payload("36fd2706-8baf-433b-82eb-8c7fada847da", "GET", "other"), w.now, {});
  CHECK(w.pairs.take_overdue(w.now + 10s).empty());
}
