#include <doctest/doctest.h>

#include <mqcoap/serve/refuse_draining.hpp>
#include <mqcoap/serve/run_once.hpp>
#include <optional>

#include "core_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

constexpr char same_id[] = "16FD2706-8BAF-433B-82EB-8C7FADA847DA";

struct once_fixture : core_fixture {
  int repeats = 0;

  once_fixture() { compose(); }
  void compose() {
    tested.compose([this](chain_builder& chain) {
      chain.add<run_once>({}, run_once::environment{tested, time, [this] { ++repeats; }});
      chain.add<refuse_draining>({}, tested);
      chain.add<keeper>({}, kept);
    });
  }
};

}  // namespace

TEST_CASE_FIXTURE(once_fixture, "a repeated write is not run again, and gets the first one's answer") {
  const auto first = ask(method::post);
  std::move(kept[0]).respond({});
  compose();  // the stored outcomes are preserved
  const auto second = ask(method::post);
  CHECK(kept.size() == 1);
  CHECK(first->codes == codes{"205"});
  CHECK(second->codes == codes{"205"});
  CHECK(second->ends == 1);
  CHECK(repeats == 1);
  CHECK(tested.in_flight() == 0);
}

TEST_CASE_FIXTURE(once_fixture, "while it runs, one answer serves each spelling of its id, and each once") {
  const auto first = ask(method::post);
  const auto other = ask(method::post, "DEV", same_id);
  const auto again = ask(method::post);
  CHECK(tested.in_flight() == 1);
  CHECK(repeats == 2);
  std::move(kept[0]).respond({});
  CHECK(first->codes == codes{"205"});
  CHECK(again->codes.empty());
  CHECK(other->codes == codes{"205"});
}

TEST_CASE_FIXTURE(once_fixture, "reads may be repeated any number of times") {
  CHECK(ask(method::get)->codes == codes{"205"});
  CHECK(ask(method::get)->codes == codes{"205"});
  CHECK(repeats == 0);
}

TEST_CASE_FIXTURE(once_fixture,
                  "what was refused is fresh when it comes again; a repeat of what runs is none") {
  ask(method::put);
  std::move(kept[0]).refuse(response_code::bad_request, "no");
  ask(method::put);
  REQUIRE(kept.size() == 2);
  tested.drain([] {});
  CHECK(ask(method::put)->codes.empty());
  CHECK(ask(method::put, "NEW")->codes == codes{"503"});
  CHECK(tested.chain().find<run_once>()->usage().entries == 1);
}

TEST_CASE_FIXTURE(once_fixture, "a late answer takes the place of the 504, and all is forgotten in the end") {
  ask(method::put);
  const auto repeats_of = tested.chain().find<run_once>();
  const auto c = make(method::put);
  std::move(kept[0]).fail(response_code::gateway_timeout, "silent");
  repeats_of->amend(*c, {});
  CHECK(ask(method::put)->codes == codes{"205"});
  CHECK(tested.next_deadline() == time.now() + 300s);
  time.advance(300s);
  tested.expire(time.now());
  CHECK(repeats_of->usage().entries == 0);
  CHECK(tested.next_deadline() == steady_time::max());
}

TEST_CASE("a repeat that waits keeps no chain alive once its core is gone") {
  std::optional<once_fixture> f(std::in_place);
  f->ask(method::post);
  f->ask(method::post, "DEV", same_id);
  const std::weak_ptr<run_once> memory = f->tested.chain().find<run_once>();
  CHECK_FALSE(memory.expired());
  f.reset();
  CHECK(memory.expired());
}
