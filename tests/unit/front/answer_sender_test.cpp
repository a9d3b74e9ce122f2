#include <doctest/doctest.h>

#include <mqcoap/front/mqtt/answer_sender.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support/recording_link.hpp"
#include "support/scarce_memory.hpp"

using namespace mqcoap;
using test::scarce_memory;

namespace {

constexpr char request_topic[] = "ns/axuv/request/DEV/16fd2706-8baf-433b-82eb-8c7fada847da";
constexpr char answer_topic[] = "ns/axuv/response/DEV/16fd2706-8baf-433b-82eb-8c7fada847da";

answer content(std::size_t bytes) {
  answer a;
  a.body = json_text::from_string(std::string(bytes, 'x'));
  return a;
}

struct sender_fixture : answer_sender::observer {
  manual_clock time;
  test::recording_link link;
  std::vector<int> encoded;
  std::vector<error_code> sent;
  std::vector<std::string> too_large;
  int no_memory = 0;
  std::optional<answer_sender> tested{std::in_place, time, *this};
  const exchange_topic topic = *exchange_topic::parse(request_topic);

  void send(const answer& what, method verb = method::get) {
    const auto id = *request_id::parse(topic.id());
    const call to{topic, request{verb, *resource_path::parse("gains"), id}, time.now()};
    tested->send(link, topic, to, what);
  }
  void on_encoded(const call&, const answer& what) noexcept override { encoded.push_back(to_int(what.code)); }
  void on_sent(const exchange_topic&, error_code error) override { sent.push_back(error); }
  void on_too_large(const exchange_topic&, std::string_view message) override {
    too_large.emplace_back(message);
  }
  void on_out_of_memory() noexcept override { ++no_memory; }
};

}  // namespace

TEST_CASE_FIXTURE(sender_fixture, "an answer goes out under the response topic, and nobody follows it") {
  send(content(1));
  CHECK(link.topics == std::vector<std::string>{answer_topic});
  CHECK(link.count("\"response_code\":205") == 1);
  CHECK_FALSE(link.written[0]);
  CHECK(encoded == std::vector<int>{205});
  CHECK(sent == std::vector<error_code>{error_code{}});
}

TEST_CASE_FIXTURE(sender_fixture, "an answer that cannot be sent is reported") {
  link.refusals = {errc::not_connected};
  send(content(1));
  CHECK(link.payloads.empty());
  CHECK(sent == std::vector<error_code>{errc::not_connected});
}

TEST_CASE_FIXTURE(sender_fixture, "an answer that is too large for the broker is replaced with a 500") {
  link.refusals = {errc::too_large};
  send(content(5000));
  CHECK(link.count("\"response_code\":500") == 1);
  CHECK(encoded == std::vector<int>{205, 500});
  REQUIRE(too_large.size() == 1);
  CHECK(too_large[0].find("the answer has ") == 0);
  CHECK(sent == std::vector<error_code>{error_code{}});
}

TEST_CASE_FIXTURE(sender_fixture,
                  "the size error may be reported later; if the 500 fails, that is reported") {
  link.limit = {1000, packet_limit::origin::announced};
  send(content(5000));
  REQUIRE(link.written.size() == 1);
  REQUIRE(link.written[0]);
  const auto on_written = link.written[0];
  on_written({});
  CHECK(link.payloads.size() == 1);
  on_written(errc::too_large);
  CHECK(link.count("\"response_code\":500") == 1);
  CHECK(link.count("\"path\":\"gains\"") == 2);
  CHECK(sent.size() == 1);
  link.refusals = {errc::queue_full};
  on_written(errc::too_large);
  CHECK(sent.back() == errc::queue_full);
  CHECK(sent.size() == 2);
}

TEST_CASE_FIXTURE(sender_fixture, "a late report of a link does not reach a destroyed sender") {
  link.limit = {1000, packet_limit::origin::announced};
  send(content(5000));
  REQUIRE(link.written.size() == 1);
  tested.reset();
  link.written[0](errc::too_large);
  CHECK(link.payloads.size() == 1);
}

TEST_CASE_FIXTURE(sender_fixture,
                  "without memory for an answer it is 503, which says whether a write may have run") {
  const auto large = content(100'000);
  const auto send_scarcely = [&](const answer& what, method verb) {
    const scarce_memory now(50'000);
    send(what, verb);
  };
  send_scarcely(large, method::get);
  CHECK(link.count("out of memory for this message; try again later") == 1);
  send_scarcely(large, method::put);
  CHECK(link.count("out of memory for the answer; the PUT may have been run") == 1);
  auto refusal = large;
  refusal.never_run = true;
  send_scarcely(refusal, method::put);
  CHECK(link.count("out of memory for this message; try again later") == 2);
  CHECK(no_memory == 3);
  CHECK(link.count("\"response_code\":503") == 3);
}

TEST_CASE_FIXTURE(sender_fixture, "a request that could not be read is answered with the id of its topic") {
  tested->send(link, topic, decode_fault{response_code::bad_request, "header", "no header", {}, {}});
  CHECK(link.topics == std::vector<std::string>{answer_topic});
  CHECK(link.count("\"response_code\":400") == 1);
  CHECK(link.count("16fd2706-8baf-433b-82eb-8c7fada847da") == 1);
  CHECK(encoded.empty());
  CHECK(sent.size() == 1);
}
