#include <doctest/doctest.h>

#include <cstdlib>
#include <new>
#include <string>

#include "../transport/log_catcher.hpp"
#include "gateway_fixture.hpp"

using namespace mqcoap;
using namespace std::chrono_literals;
using fixture = test::gateway_fixture;

namespace {

/// Larger pieces of memory are refused.
std::size_t largest_piece = static_cast<std::size_t>(-1);

void* allocate(std::size_t size) {
  void* const piece = size > largest_piece ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (piece == nullptr) throw std::bad_alloc();
  return piece;
}

struct scarce_memory {
  explicit scarce_memory(std::size_t largest) { largest_piece = largest; }
  ~scarce_memory() { largest_piece = static_cast<std::size_t>(-1); }
};

constexpr std::size_t large = 100'000;
constexpr std::size_t scarce = 50'000;

/// Where the payload was made before memory became scarce.
struct short_of_memory : fixture {
  test::log_catcher log;
  std::string id;

  std::string put(const std::string& path) {
    id = ids.next().text();
    return R"({"header":{"method":"PUT","path":")" + path + R"(","request_id":")" + id + R"("},"body":")" +
           std::string(large, 'x') + R"(","timestamp":"1"})";
  }
  /// As from a link: a broker in memory would copy it.
  void arrive(const std::string& subsystem, const std::string& payload) {
    const std::string topic = "gf_int_v1/" + subsystem + "/request/GW_1/" + id;
    const scarce_memory now(scarce);
    static_cast<link_events&>(tested).on_message(lab, {topic, payload, false});
  }
};

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) { return allocate(size); }
[[gnu::noinline]] void* operator new[](std::size_t size) { return allocate(size); }
[[gnu::noinline]] void operator delete(void* piece) noexcept { std::free(piece); }
[[gnu::noinline]] void operator delete[](void* piece) noexcept { std::free(piece); }
[[gnu::noinline]] void operator delete(void* piece, std::size_t) noexcept { std::free(piece); }
[[gnu::noinline]] void operator delete[](void* piece, std::size_t) noexcept { std::free(piece); }

TEST_CASE_FIXTURE(short_of_memory,
                  "a request for which there is no memory gets 503, and a line a second at most") {
  start();
  for (int i = 0; i < 5; ++i) arrive("axuv", put("store"));
  broker.run();
  REQUIRE(caller.answers.size() == 5);
  for (const auto& answered : caller.answers) {
    CHECK(answered.find("\"response_code\":503") != std::string::npos);
    CHECK(answered.find("out of memory") != std::string::npos);
  }
  CHECK(caller.answers.back().find(id) != std::string::npos);
  CHECK(log.count("out of memory") == 1);
  time.advance(1s);
  arrive("axuv", put("store"));
  CHECK(log.count("out of memory") == 2);
  CHECK(log.count("4 lines like this were left out") == 1);
  CHECK(tested.in_flight() == 0);
  CHECK(tested.run_once_usage().entries == 0);
  caller.answers.clear();
  ask("PUT", "GW_1", "axuv", "store", "1");
  broker.run();
  REQUIRE(caller.answers.size() == 2);
  CHECK(caller.answers.back().find("\"response_code\":204") != std::string::npos);
}

TEST_CASE_FIXTURE(short_of_memory, "an answer for which there is no memory is 503 instead") {
  start();
  ask("PUT", "GW_1", "axuv", "store", '"' + std::string(large, 'x') + '"');
  caller.answers.clear();
  id = ids.next().text();
  arrive("axuv",
         R"({"header":{"method":"GET","path":"store","request_id":")" + id + R"("},"timestamp":"1"})");
  broker.run();
  REQUIRE(caller.answers.size() == 1);
  CHECK(caller.answers[0].find("\"response_code\":503") != std::string::npos);
  CHECK(caller.answers[0].find("\"path\":\"store\"") != std::string::npos);
  CHECK(log.count("out of memory") == 1);
}

TEST_CASE_FIXTURE(short_of_memory,
                  "a hop for which there is no memory is 503, and the device's queue goes on") {
  start();
  get_of("D_1");  // its answers are subscribed to
  time.advance(1s);
  tested.on_alarm();
  caller.answers.clear();
  const auto payload = put("D_1/axuv/gains");
  // The request itself fits, what is sent to the device does not.
  const std::string topic = "gf_int_v1/proxy/request/GW_1/" + id;
  {
    const scarce_memory now(large + 150);
    static_cast<link_events&>(tested).on_message(lab, {topic, payload, false});
  }
  broker.run();
  REQUIRE(caller.answers.size() == 1);
  CHECK(caller.answers[0].find("\"response_code\":503") != std::string::npos);
  CHECK(tested.in_flight() == 0);
  get_of("D_1");
  CHECK(tested.whole_load().in_flight == 1);
}
