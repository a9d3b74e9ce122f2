#include <doctest/doctest.h>

#include <memory>
#include <mqcoap/transport/write_window.hpp>

using mqcoap::write_window;

TEST_CASE("the window takes 512 messages and not one more") {
  write_window window;
  for (int id = 1; id <= 512; ++id) {
    REQUIRE(window.has_room(10));
    window.add(id, 10);
  }
  CHECK_FALSE(window.has_room(0));
  CHECK(window.done(1));
  CHECK(window.has_room(10));
}

TEST_CASE("the window takes 4 MiB, but always one message") {
  write_window window;
  CHECK(window.has_room(100u << 20));
  window.add(1, 100u << 20);
  CHECK_FALSE(window.has_room(1));
  CHECK(window.done(1));
  window.add(2, 4u << 20);
  CHECK_FALSE(window.has_room(1));
  CHECK(window.has_room(0));
}

TEST_CASE("messages may be done in any order, each once") {
  write_window window;
  for (int id = 1; id <= 4; ++id) window.add(id, 100);
  CHECK(window.done(3));
  CHECK_FALSE(window.done(3));
  CHECK_FALSE(window.done(77));
  CHECK(window.size() == 3);
  CHECK(window.bytes() == 300);
  CHECK(window.done(1));
  CHECK(window.done(4));
  CHECK(window.done(2));
  CHECK(window.empty());
  CHECK(window.bytes() == 0);
}

TEST_CASE("the window goes round for ever, also when the oldest is done last") {
  write_window window;
  int next = 1;
  for (int round = 0; round < 30; ++round) {
    while (window.has_room(8)) window.add(next++, 8);
    const int oldest = next - static_cast<int>(window.size());
    for (int id = next - 1; id >= oldest; --id) REQUIRE(window.done(id));
    REQUIRE(window.empty());
  }
  CHECK(next > 512 * 30);
}

TEST_CASE("an answer that is missing does not make the window overflow") {
  write_window window;
  window.add(1, 8);  // never completed
  int next = 2;
  while (window.has_room(8)) {
    window.add(next, 8);
    window.done(next++);
    REQUIRE(next < 2000);
  }
  CHECK(window.size() == 1);
  CHECK(window.done(1));
  CHECK(window.has_room(8));
}
