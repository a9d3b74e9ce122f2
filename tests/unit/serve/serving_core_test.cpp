#include <doctest/doctest.h>

#include <mqcoap/serve/admission.hpp>
#include <mqcoap/serve/refuse_draining.hpp>
#include <mqcoap/serve/refuse_objected.hpp>
#include <mqcoap/serve/refuse_stale.hpp>
#include <optional>
#include <stdexcept>

#include "core_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

std::string stale(std::chrono::milliseconds gap, std::chrono::milliseconds timeout) {
  return std::to_string(gap.count()) + " of " + std::to_string(timeout.count());
}

struct limits_fixture : core_fixture {
  int stale_ones = 0;

  limits_fixture() {
    tested.compose([this](chain_builder& chain) {
      chain.add<refuse_objected>({});
      chain.add<refuse_draining>({}, tested);
      chain.add<refuse_stale>({stale}, time, [this] { ++stale_ones; });
      chain.add<admission>({}, tested);
      chain.add<keeper>({}, kept);
    });
  }
};

/// A step that throws when it is notified of the answer.
struct bad_listener final : composed_step<no_options> {
  explicit bad_listener(no_options none) : composed_step(none) {}
  std::string_view name() const noexcept override { return "bad listener"; }
  void process(responder&) override {}
  void on_answer(const call&, const answer&) override { throw std::runtime_error("deaf"); }
};

}  // namespace

TEST_CASE_FIXTURE(core_fixture, "what no step takes is 404, and a call without an origin ends all the same") {
  CHECK(ask(method::get)->codes == codes{"404"});
  tested.serve(make(method::get));
  CHECK(tested.in_flight() == 0);
}

TEST_CASE_FIXTURE(limits_fixture, "a kept call has the handler's time, or the caller's if that is shorter") {
  const auto patient = ask(method::put);
  const auto hasty = ask(method::post, "DEV", an_id, 2s);
  CHECK(tested.in_flight() == 2);
  CHECK(kept[0]->deadline == time.now() + 10s);
  CHECK(tested.next_deadline() == time.now() + 1900ms);  // the answer needs time to arrive
  time.advance(1900ms);
  tested.expire(time.now());
  CHECK(hasty->codes == codes{"504"});
  CHECK(hasty->bodies.back() ==
        R"("DEV/axuv/gains did not answer within 1900ms; the POST may have been run")");
  CHECK(hasty->ends == 1);
  CHECK(late == 1);
  CHECK(patient->codes.empty());
  std::move(kept[0]).respond({});
  std::move(kept[1]).respond({});
  CHECK(patient->codes == codes{"205"});
  CHECK(hasty->codes == codes{"504"});
  CHECK(tested.next_deadline() == steady_time::max());
}

TEST_CASE_FIXTURE(core_fixture, "without a handler timeout a call may be kept for ever") {
  tested.set_options({});
  tested.compose([this](chain_builder& chain) {
    chain.add<admission>({}, tested);
    chain.add<keeper>({}, kept);
  });
  ask(method::put);
  CHECK(tested.next_deadline() == steady_time::max());
  CHECK(tested.in_flight() == 1);
}

TEST_CASE_FIXTURE(limits_fixture, "what lay unread for longer than its caller waits is 504 and not run") {
  auto origin = std::make_shared<named_origin>("a");
  auto c = make(method::put, "DEV", an_id, 500ms);
  c->origin = origin;
  time.advance(500ms);
  tested.serve(std::move(c));
  CHECK(origin->codes == codes{"504"});
  CHECK(origin->bodies.back() == "\"500 of 500\"");
  CHECK(stale_ones == 1);
  CHECK(kept.empty());
}

TEST_CASE_FIXTURE(limits_fixture, "what the front objects to is refused with its words") {
  auto origin = std::make_shared<named_origin>("a");
  origin->refused_with = answer::refusal(response_code::bad_gateway, "a loop");
  auto c = make(method::get);
  c->origin = origin;
  tested.serve(std::move(c));
  CHECK(origin->codes == codes{"502"});
}

TEST_CASE_FIXTURE(limits_fixture,
                  "a drained core refuses requests, and reports once that the last call is answered") {
  const auto origin = ask(method::put);
  int drained = 0;
  tested.drain([&] { ++drained; });
  CHECK(ask(method::get)->codes == codes{"503"});
  CHECK(drained == 0);
  std::move(kept[0]).respond({});
  CHECK(drained == 1);
  ask(method::get);
  CHECK(drained == 1);
  CHECK(origin->codes == codes{"205"});
}

TEST_CASE_FIXTURE(limits_fixture, "nothing under way: a drain ends at once") {
  bool drained = false;
  tested.drain([&] { drained = true; });
  CHECK(drained);
}

TEST_CASE_FIXTURE(limits_fixture,
                  "a call that waited unread has all of the handler's time, but no more of its caller's") {
  auto waited = make(method::put);
  const auto origin = std::make_shared<named_origin>("a");
  waited->origin = origin;
  time.advance(30s);  // the process was suspended
  tested.serve(std::move(waited));
  tested.expire(time.now());
  CHECK(origin->codes.empty());
  time.advance(10s);
  tested.expire(time.now());
  CHECK(origin->codes == codes{"504"});

  auto limited = make(method::put, "DEV", "16fd2706-8baf-433b-82eb-8c7fada847db", 4s);
  const auto hurried = std::make_shared<named_origin>("b");
  limited->origin = hurried;
  time.advance(3s);
  tested.serve(std::move(limited));
  time.advance(899ms);  // a tenth of a second is left for the answer to arrive
  tested.expire(time.now());
  CHECK(hurried->codes.empty());
  time.advance(1ms);
  tested.expire(time.now());
  CHECK(hurried->codes == codes{"504"});
}

TEST_CASE_FIXTURE(limits_fixture, "abandon answers what handlers keep, and cancels them") {
  const auto origin = ask(method::put);
  int cancelled = 0;
  kept[0].when_cancelled([&] { ++cancelled; });
  tested.abandon("stopping");
  CHECK(origin->codes == codes{"504"});
  CHECK(origin->bodies.back() == R"("stopping; the PUT may have been run")");
  CHECK(cancelled == 1);
  CHECK(tested.in_flight() == 0);
  std::move(kept[0]).respond({});
  CHECK(origin->codes.size() == 1);
}

TEST_CASE("an answer after the core is gone goes nowhere") {
  std::optional<limits_fixture> f(std::in_place);
  const auto origin = f->ask(method::put);
  auto r = std::move(f->kept[0]);
  f.reset();
  std::move(r).respond({});
  CHECK(origin->codes.empty());
}

TEST_CASE_FIXTURE(core_fixture, "a listener that fails on an answer is reported, and the call still ends") {
  tested.compose([this](chain_builder& chain) {
    chain.add<bad_listener>({});
    chain.add<keeper>({}, kept);
  });
  const auto origin = ask(method::get);
  CHECK(origin->codes == codes{"205"});
  CHECK(origin->ends == 1);
  CHECK(failures == std::vector<std::string>{origin->called + ": deaf"});
  CHECK(tested.in_flight() == 0);
}

TEST_CASE_FIXTURE(core_fixture,
                  "a step in front of the admission that keeps a call has no longer than a handler") {
  tested.compose([this](chain_builder& chain) {
    chain.add<keeper>({}, kept);
    chain.add<admission>({}, tested);
  });
  const auto origin = ask(method::put);
  CHECK(tested.next_deadline() == time.now() + 10s);
  time.advance(10s);
  tested.expire(time.now());
  CHECK(origin->codes == codes{"504"});
  CHECK(tested.in_flight() == 0);
}
