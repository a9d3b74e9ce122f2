#include <doctest/doctest.h>

#include <chrono>
#include <mqcoap/exchange/outcome_memory.hpp>
#include <vector>

using namespace mqcoap;
using namespace std::chrono_literals;
using outcome = outcome_memory::outcome;

namespace {

steady_time after(std::chrono::milliseconds since_start) { return steady_time{} + since_start; }

std::vector<request_id> some_ids(std::size_t count) {
  request_id_generator ids(9);
  std::vector<request_id> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(ids.next());
  return all;
}

std::size_t count_known(const outcome_memory& memory, const std::vector<request_id>& ids) {
  std::size_t known = 0;
  for (const auto& id : ids)
    if (memory.recall(id) != outcome::unknown) ++known;
  return known;
}

}  // namespace

TEST_CASE("a late answer is distinguished from a duplicate and from an unasked one") {
  const auto ids = some_ids(3);
  outcome_memory memory;
  CHECK(memory.recall(ids[0]) == outcome::unknown);
  memory.note(ids[0], outcome::answered, after(0ms));
  memory.note(ids[1], outcome::timed_out, after(0ms));
  CHECK(memory.recall(ids[0]) == outcome::answered);
  CHECK(memory.recall(ids[1]) == outcome::timed_out);
  CHECK(memory.recall(ids[2]) == outcome::unknown);
}

TEST_CASE("none of the exchanges of the last five minutes is forgotten, up to 65,536") {
  const auto ids = some_ids(outcome_memory::most + 1000);
  outcome_memory memory;
  for (std::size_t i = 0; i < outcome_memory::most; ++i) memory.note(ids[i], outcome::timed_out, after(0ms));
  CHECK(count_known(memory, ids) == outcome_memory::most);
  for (std::size_t i = outcome_memory::most; i < ids.size(); ++i)
    memory.note(ids[i], outcome::answered, after(1ms));
  CHECK(memory.size() == outcome_memory::most);
  CHECK(count_known(memory, ids) == outcome_memory::most);
  CHECK(memory.recall(ids[999]) == outcome::unknown);  // the oldest are dropped first
  CHECK(memory.recall(ids[1000]) == outcome::timed_out);
  CHECK(memory.recall(ids.back()) == outcome::answered);
}

TEST_CASE("what is older than five minutes makes room before more memory is taken") {
  const auto ids = some_ids(4000);
  outcome_memory memory;
  for (std::size_t i = 0; i < ids.size(); ++i)
    memory.note(ids[i], outcome::timed_out, after(std::chrono::seconds(i)));
  CHECK(memory.size() == 512);
  CHECK(count_known(memory, {ids.end() - 301, ids.end()}) == 301);
}

TEST_CASE("an exchange that is noted again has the later outcome, also when the earlier one is forgotten") {
  const auto ids = some_ids(outcome_memory::most + 1);
  outcome_memory memory;
  memory.note(ids[0], outcome::timed_out, after(0ms));
  memory.note(ids[0], outcome::answered, after(0ms));
  CHECK(memory.recall(ids[0]) == outcome::answered);
  for (std::size_t i = 1; i < outcome_memory::most; ++i) memory.note(ids[i], outcome::timed_out, after(0ms));
  CHECK(memory.recall(ids[0]) == outcome::answered);
  memory.note(ids.back(), outcome::timed_out, after(0ms));
  CHECK(memory.recall(ids[0]) == outcome::unknown);
}
