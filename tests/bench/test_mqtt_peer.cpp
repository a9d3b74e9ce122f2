#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <functional>
#include <future>
#include <optional>
#include <string>

#include "clock.hpp"
#include "load_run.hpp"

using namespace bench;

namespace {

const std::string ns = "gf_int_v1";
const target requested{"BENCH_0001", "axuv", "gains"};

std::int64_t soon() { return now_ns() + 20'000'000'000; }

/// A responder on a separate thread that connects to a load generator acting as the broker. It answers until
/// the connection is closed.
class responder {
 public:
  using reply = std::function<std::string(std::string_view id)>;
  responder(std::uint16_t port, int qos, int copies, reply make)
      : done_(std::async(std::launch::async, [=] {
          mqtt_peer peer;
          peer.on_message([&](const publish_packet& m) {
            const auto topic = parse_topic(m.topic);
            const auto payload = make(topic->id);
            for (int i = 0; i < copies; ++i) {
              peer.publish(qos, {ns, "/", topic->subsystem, "/response/", topic->tag, "/", topic->id},
                           {payload});
            }
          });
          try {
            peer.connect(port, "responder", ns + "/+/request/" + requested.tag + "/+", qos);
            while (true) peer.wait(soon());
          } catch (const std::exception&) {
            // the load generator is done
          }
        })) {}

 private:
  std::future<void> done_;
};

std::string answer(std::string_view id, int code) {
  return R"({"header":{"response_code":)" + std::to_string(code) + R"(,"path":"gains","request_id":")" +
         std::string(id) + R"(","source":"BENCH_0001"},"body":[1],"timestamp":"1"})";
}

load_result measure(int qos, int copies, const responder::reply& reply, load_options options, bool& good) {
  std::optional<responder> program;  // outlives the peer, and waits for its end
  load_result result;
  {
    mqtt_peer peer;
    const auto port = peer.listen();
    program.emplace(port, qos, copies, reply);
    peer.accept({ns + "/axuv/request/" + requested.tag + "/x"}, soon());
    device none(peer, "", "gains", 1, qos);
    const std::vector<target> targets{requested};
    const request_writer requests(ns, "GET", "", qos);
    result = load_run(peer, targets, requests, none, std::move(options)).run();
  }
  good = result.good();
  return result;
}

load_options counted(std::uint64_t count, std::size_t in_flight) {
  load_options o;
  o.count = count;
  o.in_flight = in_flight;
  return o;
}

}  // namespace

TEST_CASE("every request of a closed loop is answered and counted once, at both QoS") {
  for (const int qos : {0, 1}) {
    bool good = false;
    const auto r = measure(
        qos, 1, [](auto id) { return answer(id, 205); }, counted(5000, 64), good);
    CHECK(good);
    CHECK(r.answered == 5000);
    CHECK(r.latency.count() == 5000);
    CHECK(r.latency.quantile(0.5) > 0);
  }
}

TEST_CASE("an open loop sends the requested number of requests") {
  auto options = counted(500, 500);
  options.rate = 5000;
  bool good = false;
  const auto r = measure(
      0, 1, [](auto id) { return answer(id, 205); }, options, good);
  CHECK(good);
  CHECK(r.answered == 500);
}

TEST_CASE("wrong codes, foreign ids and duplicate answers count as errors") {
  bool good = true;
  CHECK(measure(
            0, 1, [](auto id) { return answer(id, 404); }, counted(10, 2), good)
            .wrong == 10);
  CHECK_FALSE(good);
  const std::string other = "16fd2706-8baf-433b-82eb-8c7fada847da";
  CHECK(measure(
            0, 1, [&](auto) { return answer(other, 205); }, counted(10, 2), good)
            .wrong == 10);
  CHECK_FALSE(good);
  CHECK(measure(
            0, 2, [](auto id) { return answer(id, 205); }, counted(10, 1), good)
            .unexpected >= 9);
  CHECK_FALSE(good);
}

TEST_CASE("answers that do not arrive within the timeout are lost") {
  auto options = counted(3, 3);
  options.timeout = 0.05;
  bool good = true;
  CHECK(measure(
            0, 0, [](auto) { return std::string(); }, options, good)
            .lost == 3);
  CHECK_FALSE(good);
}
