#include <doctest/doctest.h>

#include <mqcoap/transport/packet_size_watch.hpp>

using namespace mqcoap;
using namespace std::chrono_literals;
using cause = packet_size_watch::cause;
using origin = packet_limit::origin;

namespace {

/// A watch at QoS 1, where a message counts from the moment it is passed to the connection.
struct packet_size_fixture {
  manual_clock time;
  packet_size_watch watch;
  int id = 0;

  void send(std::size_t bytes) { watch.sent(++id, bytes, false, time.now()); }
  std::optional<std::size_t> end(cause why = cause::unknown) { return watch.ended(time.now(), why); }
};

}  // namespace

TEST_CASE_FIXTURE(packet_size_fixture,
                  "a connection that ends within a second of the largest packet tells its size") {
  send(2000);
  time.advance(5s);
  send(5000);
  send(3000);
  time.advance(1s);
  CHECK(end() == 5000u);
  CHECK(watch.limit() == packet_limit{});
}

TEST_CASE_FIXTURE(packet_size_fixture,
                  "the second time such sizes are over the limit, the smaller of both counts") {
  send(5000);
  CHECK(end() == 5000u);
  send(4000);
  CHECK(end() == 4000u);
  CHECK(watch.limit() == packet_limit{3999, origin::observed});
}

TEST_CASE_FIXTURE(packet_size_fixture, "what has passed once is not suspected") {
  send(5000);
  SUBCASE("it was acknowledged") {
    CHECK(watch.follows(id));
    watch.acknowledged();
    send(5000);
  }
  SUBCASE("more than a second has passed") {
    time.advance(1001ms);
    send(5000);
  }
  SUBCASE("smaller ones follow it") {
    watch.acknowledged();
    send(4999);
  }
  CHECK_FALSE(end());
}

TEST_CASE_FIXTURE(packet_size_fixture,
                  "small packets are not suspected, nor is any where another cause is known") {
  send(1000);
  CHECK_FALSE(end());
  send(5000);
  CHECK_FALSE(end(cause::other));
}

TEST_CASE_FIXTURE(packet_size_fixture, "a broker's word that a packet is too large counts at any time") {
  send(5000);
  time.advance(5s);
  CHECK(end(cause::too_large) == 5000u);
  send(5000);
  time.advance(5s);
  CHECK(end(cause::too_large) == 5000u);
  CHECK(watch.limit() == packet_limit{4999, origin::observed});
}

TEST_CASE_FIXTURE(packet_size_fixture, "after an end for another reason the limit is tried once more") {
  for (int i = 0; i < 2; ++i) {
    send(5000);
    end();
  }
  CHECK(watch.limit().bytes == 4999);
  time.advance(1min);
  CHECK_FALSE(end());
  CHECK(watch.limit() == packet_limit{});
  SUBCASE("and holds") {
    send(5000);
    CHECK(end() == 5000u);
    CHECK(watch.limit().bytes == 4999);
  }
  SUBCASE("and is gone if such a packet passes") {
    send(5000);
    watch.acknowledged();
    send(6000);
    CHECK(end() == 6000u);
    CHECK(watch.limit() == packet_limit{});
  }
}

TEST_CASE_FIXTURE(packet_size_fixture, "a packet that is still on its way, however long, is suspected") {
  watch.sent(7, 5000, true, time.now());
  time.advance(1min);
  SUBCASE("not written") {}
  SUBCASE("written just now") {
    CHECK(watch.follows(7));
    watch.written(time.now());
    time.advance(1s);
  }
  CHECK(end() == 5000u);
}

TEST_CASE_FIXTURE(packet_size_fixture, "a later message with the id of the suspect says nothing of it") {
  watch.sent(7, 5000, true, time.now());
  watch.written(time.now());
  time.advance(1min);
  watch.written(time.now());
  CHECK_FALSE(end());
}

TEST_CASE_FIXTURE(packet_size_fixture, "a broker that talks on behind a packet has taken it") {
  watch.sent(7, 5000, true, time.now());
  CHECK_FALSE(watch.awaits_word());  // nothing counts before it is written
  watch.heard(time.now());
  time.advance(201ms);
  watch.heard(time.now());
  watch.written(time.now());
  CHECK(watch.awaits_word());
  time.advance(201ms);
  watch.heard(time.now());  // from now on it is known to have been sent
  SUBCASE("what comes within 200 ms may have been under way") {
    time.advance(200ms);
    watch.heard(time.now());
    CHECK(end() == 5000u);
  }
  SUBCASE("what comes later was not") {
    time.advance(201ms);
    watch.heard(time.now());
    CHECK_FALSE(watch.awaits_word());
    watch.sent(8, 5000, true, time.now());
    CHECK_FALSE(end());
  }
}

TEST_CASE_FIXTURE(packet_size_fixture, "where acknowledgements tell, other words of the broker do not") {
  send(5000);
  CHECK_FALSE(watch.awaits_word());
  watch.heard(time.now());
  time.advance(1s);
  watch.heard(time.now());
  CHECK(end() == 5000u);
}

TEST_CASE_FIXTURE(packet_size_fixture, "an end is no sign where nobody listens afterwards") {
  SUBCASE("the first one") {
    send(5000);
    CHECK(end() == 5000u);
    CHECK(watch.withdraw());
    send(5000);
    CHECK(end() == 5000u);
    CHECK(watch.limit() == packet_limit{});
  }
  SUBCASE("the second one: the first one counts on") {
    send(5000);
    end();
    send(4000);
    end();
    CHECK(watch.limit().bytes == 3999);
    CHECK(watch.withdraw());
    CHECK(watch.limit() == packet_limit{});
    send(6000);
    CHECK(end() == 6000u);
    CHECK(watch.limit().bytes == 4999);
  }
  SUBCASE("and each is withdrawn once") {
    send(5000);
    end();
    CHECK(watch.withdraw());
    CHECK_FALSE(watch.withdraw());
  }
}

TEST_CASE_FIXTURE(packet_size_fixture, "neither a broker's word nor an end without a sign is withdrawn") {
  send(5000);
  CHECK(end() == 5000u);
  send(5000);
  SUBCASE("its word") { CHECK(end(cause::too_large) == 5000u); }
  SUBCASE("another reason") { CHECK_FALSE(end(cause::other)); }
  CHECK_FALSE(watch.withdraw());
}

TEST_CASE_FIXTURE(packet_size_fixture, "a limit that is tried again is back with the next sign") {
  for (int i = 0; i < 2; ++i) {
    send(5000);
    end();
  }
  watch.try_again();
  CHECK(watch.limit() == packet_limit{});
  send(5000);
  CHECK(end() == 5000u);
  CHECK(watch.limit() == packet_limit{4999, origin::observed});
}

TEST_CASE("the size of a PUBLISH is that on the wire") {
  CHECK(publish_size(1, 0, 0, false) == 5);
  CHECK(publish_size(1, 0, 1, false) == 7);
  CHECK(publish_size(1, 0, 1, true) == 8);
  CHECK(publish_size(1, 124, 0, false) == 129);  // 127 bytes follow the header, so the length takes one byte
  CHECK(publish_size(1, 125, 0, false) == 131);  // 128: two
  CHECK(publish_size(1, 16'381, 0, false) == 16'388);
}

TEST_CASE("of two limits the narrower counts, and what is near it is followed") {
  const packet_limit configured{5000, origin::configured};
  const packet_limit announced{3000, origin::announced};
  CHECK(narrower(configured, announced) == announced);
  CHECK(narrower(announced, configured) == announced);
  CHECK(narrower({}, configured) == configured);
  CHECK_FALSE(is_followed(1000, announced));
  CHECK(is_followed(2500, announced));
  CHECK_FALSE(is_followed(2500, {}));
  CHECK(is_followed(100'000, {}));
}

TEST_CASE("the words name the limit that was met, and where it comes from") {
  const auto message = [](packet_limit limit) { return too_large_text("the answer", 5042, "lab", limit); };
  CHECK(
      message({3000, origin::configured}) ==
      "the answer has 5042 bytes, more than fits in one packet to broker lab: its `max_packet` here is 3000 "
      "bytes; only smaller messages pass");
  CHECK(
      message({3000, origin::announced}) ==
      "the answer has 5042 bytes, more than fits in the 3000 bytes that broker lab takes in one packet; only "
      "smaller messages pass, unless the broker's limit is raised (mosquitto: max_packet_size)");
  CHECK(message({4999, origin::observed})
            .find("twice closed the connection after packets of more than 4999 bytes") != std::string::npos);
  CHECK(message({}).find("more than broker lab takes in one packet") != std::string::npos);
}
