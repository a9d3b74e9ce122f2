#include <doctest/doctest.h>

#include <mqcoap/serve/open_calls.hpp>
#include <mqcoap/serve/outcome_text.hpp>
#include <string>
#include <vector>

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

/// Handles calls like a gateway, which removes those that were answered.
struct calls_fixture final : reply_sink, std::enable_shared_from_this<calls_fixture> {
  open_calls tested;
  std::vector<std::string> answered;

  void reply(call& of, answer&& what) noexcept override {
    tested.remove(of);
    answered.push_back(std::string(of.req.path.key()) + ' ' + std::to_string(static_cast<int>(what.code)));
  }
  /// Creates a call and returns its responder.
  responder keep(const char* path, steady_time deadline, method verb = method::get) {
    const auto id = *request_id::parse("16fd2706-8baf-433b-82eb-8c7fada847da");
    auto topic = *exchange_topic::parse("ns/gateway/request/DEV/" + id.canonical());
    auto made = std::make_unique<call>(call{
        std::move(topic), request{verb, *resource_path::parse(path), id, {}, {}, {}, {}, {}, {}, {}}, {}});
    auto& kept = *made;
    responder r(std::move(made), weak_from_this());
    tested.add(kept, deadline, *this);
    return r;
  }
};

answer too_late(const call&) { return answer::error(response_code::gateway_timeout, "late"); }

constexpr steady_time start{};

}  // namespace

TEST_CASE("a call that its handler answers in time is not ended") {
  const auto f = std::make_shared<calls_fixture>();
  auto r = f->keep("a", start + 10s);
  CHECK(f->tested.next_deadline() == start + 10s);
  std::move(r).respond({});
  CHECK(f->tested.size() == 0);
  CHECK(f->tested.next_deadline() == steady_time::max());
  f->tested.expire(start + 20s, too_late);
  CHECK(f->answered == std::vector<std::string>{"a 205"});
}

TEST_CASE(
    "a call whose time is over is answered, cancelled once, and what its handler says then goes nowhere") {
  const auto f = std::make_shared<calls_fixture>();
  auto late = f->keep("late", start + 1s), early = f->keep("early", start + 2s);
  int cancelled = 0;
  late.when_cancelled([&cancelled] { ++cancelled; });
  f->tested.expire(start + 1s, too_late);
  CHECK(f->answered == std::vector<std::string>{"late 504"});
  CHECK(cancelled == 1);
  f->tested.expire(start + 1s, too_late);
  std::move(late).respond({});
  CHECK(cancelled == 1);
  CHECK(f->answered.size() == 1);
  CHECK(f->tested.size() == 1);
  std::move(early).respond({});
  CHECK(f->answered.back() == "early 205");
}

TEST_CASE("a handler that lets go of the call when it is cancelled, or answers it, is answered for once") {
  const auto f = std::make_shared<calls_fixture>();
  auto dropped = std::make_unique<responder>(f->keep("dropped", start + 1s));
  auto answering = std::make_unique<responder>(f->keep("answering", start + 1s));
  dropped->when_cancelled([&dropped] { dropped.reset(); });
  answering->when_cancelled([&answering] { std::move(*answering).respond({}); });
  f->tested.expire(start + 1s, too_late);
  CHECK(f->answered.size() == 2);
  CHECK(dropped == nullptr);
  CHECK_FALSE(static_cast<bool>(*answering));
}

TEST_CASE("all calls are ended at a stop, also when one of them ends another") {
  const auto f = std::make_shared<calls_fixture>();
  std::vector<responder> kept;
  kept.push_back(f->keep("first", start + 1s));
  kept.push_back(f->keep("second", start + 2s));
  kept.push_back(f->keep("third", start + 3s));
  kept[0].when_cancelled([&kept] { std::move(kept[1]).respond({}); });
  f->tested.end_all(too_late);
  CHECK(f->answered == std::vector<std::string>{"first 504", "second 205", "third 504"});
  CHECK(f->tested.size() == 0);
}

TEST_CASE("an answer after its sink is gone goes nowhere") {
  auto f = std::make_shared<calls_fixture>();
  auto r = f->keep("a", start + 1s);
  f.reset();
  std::move(r).respond({});
}

TEST_CASE("it is unknown whether a write was run") {
  const auto f = std::make_shared<calls_fixture>();
  CHECK(may_have_run(*f->keep("a", start + 1s)).empty());
  CHECK(may_have_run(*f->keep("a", start + 1s, method::post)) == "; the POST may have been run");
}

TEST_CASE("a call that was forwarded meanwhile is left to the proxy") {
  const auto f = std::make_shared<calls_fixture>();
  auto r = f->keep("a", start + 10s);
  r.keep_deadline();
  f->tested.expire(start + 20s, too_late);
  CHECK(f->answered.empty());
  CHECK(f->tested.size() == 0);
  std::move(r).respond({});
  CHECK(f->answered == std::vector<std::string>{"a 205"});
}
