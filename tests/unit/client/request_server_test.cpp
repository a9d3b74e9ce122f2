#include <doctest/doctest.h>

#include <memory>
#include <mqcoap/client/request_server.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/recording_link.hpp"
#include "support/scarce_memory.hpp"

using namespace mqcoap;
using test::scarce_memory;

namespace {

/// A server with one handler, whose answers the test sends later.
struct server_bench {
  struct sink_of_one final : reply_sink {
    server_bench& of;
    explicit sink_of_one(server_bench& b) : of(b) {}
    void reply(call& answered, answer&& what) noexcept override {
      const auto now = scarce_memory::lacking_one(of.pieces);
      of.server.finish(answered, what);
    }
  };

  manual_clock time;
  test::recording_link mine;
  client_options options;
  request_chain chain;
  request_server server{options, chain, time};
  std::vector<responder> kept;
  std::shared_ptr<sink_of_one> sink = std::make_shared<sink_of_one>(*this);
  int pieces = 0;  ///< number of allocations that succeed before one fails

  server_bench() {
    server.attach(&mine);
    chain.add({"later", {}, [this](responder& r) { kept.push_back(std::move(r)); }});
  }
  /// Sends a request with this spelling of the single id.
  void ask(const std::string& verb, const std::string& id) {
    const auto topic = "gf_int_v1/axuv/request/DEV/" + id;
    const auto payload = R"({"header":{"method":")" + verb + R"(","path":"gains","request_id":")" + id +
                         R"("},"body":1,"timestamp":"1"})";
    server.on_request(*exchange_topic::parse(topic), {topic, payload}, sink);
  }
  int count(const std::string& message) const { return mine.count(message); }
};

constexpr char an_id_text[] = "16fd2706-8baf-433b-82eb-8c7fada847da";
constexpr char same_id_text[] = "16FD2706-8BAF-433B-82EB-8C7FADA847DA";

}  // namespace

TEST_CASE("if any allocation fails, a write and its repeat still get a correct answer") {
  int pieces = 0;
  do {
    CAPTURE(pieces);
    server_bench b;
    b.pieces = pieces++;
    b.ask("POST", an_id_text);
    b.ask("POST", same_id_text);
    REQUIRE(b.kept.size() == 1);
    std::move(b.kept[0]).respond({});
    CHECK(b.count(an_id_text) == 1);
    CHECK(b.count(same_id_text) <= 1);
    CHECK(b.count("try again later") == 0);
    CHECK(b.count("out of memory for the answer; the POST may have been run") == b.count("503"));
    CHECK(b.count("\"response_code\":205") + b.count("\"response_code\":503") ==
          static_cast<int>(b.mine.payloads.size()));
  } while (scarce_memory::refused() > 0);
  CHECK(pieces > 5);  // for each of the answers, its topic, and the key under which it is stored
}

TEST_CASE("reads, and writes that were not run, may be retried when memory is available again") {
  for (const std::string verb : {"GET", "PUT"}) {
    CAPTURE(verb);
    server_bench b;
    b.ask(verb, an_id_text);
    REQUIRE(b.kept.size() == 1);
    std::move(b.kept[0]).refuse(response_code::bad_request, "no");
    REQUIRE(b.mine.payloads.size() == 1);
    CHECK(b.count("out of memory for this message; try again later") == 1);
  }
}
