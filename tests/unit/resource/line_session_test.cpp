#include <doctest/doctest.h>

#include <mqcoap/resource/line/line_session.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

/// A connection that records the calls to it and does nothing on its own.
struct still_wire final : line_wire {
  std::vector<std::string> done;
  std::size_t unread = 0;
  bool is_ended = false;

  void open() override { done.emplace_back("open"); }
  void send(std::string bytes) override { done.push_back(std::move(bytes)); }
  std::optional<std::size_t> drop_unread() override {
    if (is_ended) return std::nullopt;
    return std::exchange(unread, 0);
  }
  void close() noexcept override { done.emplace_back("close"); }
};

struct session_fixture {
  manual_clock time;
  still_wire wire;
  std::vector<std::string> log;
  line_session tested{"tcp://psu:5025", wire, time,
                      [this](log_level, std::string_view message) { log.emplace_back(message); }};
  line_terms terms;
  bool is_answered = true;
  std::vector<std::string> answers;
  bool last_never_ran = false;

  backend::running ask(const std::string& line, steady_time::duration allowed = 1h) {
    return tested.ask({line + '\n', is_answered, terms}, time.now() + allowed,
                      [this, line](backend_reply reply) {
                        answers.push_back(line + ": " + std::to_string(to_int(reply.code)) + ' ' +
                                          (is_error(reply.code) ? reply.message : reply.text));
                        last_never_ran = reply.never_run;
                      });
  }
  /// Advances the clock from deadline to deadline, as the owner would.
  void pass(steady_time::duration by) {
    const auto end = time.now() + by;
    while (tested.next_deadline() <= end) {
      REQUIRE(tested.next_deadline() >= time.now());
      time.advance(tested.next_deadline() - time.now());
      tested.expire();
    }
    time.advance(end - time.now());
  }
  std::string said() {
    std::string all;
    for (const auto& each : std::exchange(answers, {})) all += (all.empty() ? "" : "; ") + each;
    return all;
  }
  std::string did() {
    std::string all;
    for (const auto& each : std::exchange(wire.done, {}))
      all += (all.empty() ? "" : " ") + each.substr(0, each.find('\n'));
    return all;
  }
  /// Establishes the connection and completes one exchange.
  void warm_up() {
    const auto first = ask("*IDN?");
    tested.on_open();
    tested.on_sent();
    tested.on_bytes("psu\n");
    did();
    said();
  }
};

}  // namespace

TEST_CASE_FIXTURE(session_fixture, "an instrument is connected when it is asked, and answers a line") {
  CHECK(tested.next_deadline() == steady_time::max());
  const auto first = ask("V?");
  CHECK(did() == "open");
  tested.on_open();
  CHECK(did() == "V?");
  tested.on_sent();
  tested.on_bytes("5.0\r\n");
  CHECK(said() == "V?: 205 5.0");
  const auto second = ask("I?");
  CHECK(did() == "I?");  // the connection is kept
}

TEST_CASE_FIXTURE(session_fixture, "an answer that comes in pieces is put together") {
  warm_up();
  const auto running = ask("V?");
  for (const char* piece : {"4", ".", "99", "\r"}) {
    tested.on_bytes(piece);
    CHECK(said().empty());
  }
  tested.on_bytes("\n");
  CHECK(said() == "V?: 205 4.99");
  terms.terminator = line_end::crlf;
  const auto other = ask("V?");
  tested.on_bytes("4\n.9\r");
  tested.on_bytes("\n");
  CHECK(said() == "V?: 205 4\n.9");
}

TEST_CASE_FIXTURE(session_fixture, "requests are served in order") {
  warm_up();
  const auto first = ask("A?");
  const auto second = ask("B?");
  auto gone = ask("C?");
  const auto last = ask("D?");
  CHECK(did() == "A?");
  gone.reset();
  tested.on_bytes("a\n");
  CHECK(did() == "B?");
  tested.on_bytes("b\n");
  CHECK(did() == "D?");
  tested.on_bytes("d\n");
  CHECK(said() == "A?: 205 a; B?: 205 b; D?: 205 d");
}

TEST_CASE_FIXTURE(session_fixture,
                  "the number of waiting requests is limited, without those that were cancelled") {
  terms.queue = 2;
  warm_up();
  const auto first = ask("A?");
  auto second = ask("B?");
  const auto third = ask("C?");
  CHECK(ask("D?") == nullptr);
  CHECK(said() == "D?: 503 too many requests wait for the instrument");
  second.reset();
  const auto fifth = ask("E?");
  CHECK(said().empty());
  CHECK(fifth != nullptr);
}

TEST_CASE_FIXTURE(session_fixture, "an answer after the timeout is dropped") {
  warm_up();
  const auto late = ask("A?");
  const auto next = ask("B?");
  tested.on_sent();
  pass(1999ms);
  CHECK(said().empty());
  pass(1ms);
  CHECK(said() == "A?: 504 the instrument has not answered within 2s");
  CHECK(did() == "A? close open");
  tested.on_bytes("late\n");  // a real wire would not report this
  tested.on_open();
  CHECK(did() == "B?");
  tested.on_bytes("b\n");
  CHECK(said() == "B?: 205 b");
}

TEST_CASE_FIXTURE(session_fixture,
                  "on a line that stays the same, the answer that is owed is awaited and dropped") {
  terms.drain = 2s;
  warm_up();
  const auto late = ask("A?");
  tested.on_sent();
  const auto next = ask("B?");
  pass(2s);
  CHECK(said() == "A?: 504 the instrument has not answered within 2s");
  tested.on_open();
  CHECK(did() == "A? close open");
  SUBCASE("it comes") {
    pass(1s);
    tested.on_bytes("la");
    pass(500ms);
    tested.on_bytes("te\n");
    CHECK(did().empty());
    pass(line_session::quiet);
  }
  SUBCASE("it never comes") {
    pass(1999ms);
    CHECK(did().empty());
    pass(1ms);
  }
  CHECK(did() == "B?");
  tested.on_bytes("b\n");
  CHECK(said() == "B?: 205 b");
  CHECK(log.size() == 1);  // the late answer is not logged as unsolicited
}

TEST_CASE_FIXTURE(session_fixture,
                  "a caller's time may end before the answer arrives, which is still awaited") {
  warm_up();
  const auto hasty = ask("A?", 1s);
  const auto next = ask("B?");
  tested.on_sent();
  pass(950ms);
  CHECK(said() == "A?: 504 the instrument has not answered within 950ms");
  CHECK(did() == "A?");
  tested.on_bytes("a\n");
  CHECK(said().empty());
  CHECK(did() == "B?");
  tested.on_bytes("b\n");
  CHECK(said() == "B?: 205 b");
}

TEST_CASE_FIXTURE(session_fixture, "the answer to a cancelled request is dropped") {
  warm_up();
  auto gone = ask("A?");
  gone.reset();
  const auto next = ask("B?");
  tested.on_bytes("a\n");
  CHECK(did() == "A? B?");
  tested.on_bytes("b\n");
  CHECK(said() == "B?: 205 b");
}

TEST_CASE_FIXTURE(session_fixture, "a request that times out while waiting reports that nothing was sent") {
  terms.timeout = 10s;
  warm_up();
  const auto first = ask("A?");
  const auto second = ask("B?", 1s);
  pass(1s);
  CHECK(said() == "B?: 504 waited 950ms behind other requests to the instrument; nothing was sent");
  CHECK(last_never_ran);
  tested.on_bytes("a\n");
  CHECK(did() == "A?");
}

TEST_CASE_FIXTURE(session_fixture, "connecting has a separate timeout, and waiting requests are notified") {
  const auto first = ask("A?");
  const auto second = ask("B?");
  SUBCASE("it is refused") {
    tested.on_failed("Connection refused");
    CHECK(said() ==
          "A?: 503 cannot connect to the instrument: Connection refused; B?: 503 cannot connect to the "
          "instrument: Connection refused");
    CHECK(did() == "open");
  }
  SUBCASE("nothing happens") {
    pass(2s);
    CHECK(said() ==
          "A?: 504 cannot connect to the instrument within 2s; B?: 504 cannot connect to the instrument "
          "within 2s");
    CHECK(did() == "open close");
  }
  const auto third = ask("C?");
  CHECK(did() == "open");
}

TEST_CASE_FIXTURE(session_fixture, "a caller that waits too long for a connection gets an error") {
  terms.connect = 10s;
  const auto first = ask("A?", 1s);
  pass(1s);
  CHECK(said() == "A?: 504 waited 950ms, and the instrument was not connected; nothing was sent");
}

TEST_CASE_FIXTURE(session_fixture,
                  "unsolicited data is dropped and logged, and then the line must be quiet") {
  warm_up();
  tested.on_bytes("hello\n");
  CHECK(log == std::vector<std::string>{
                   "tcp://psu:5025: the instrument sent 6 unsolicited bytes, which are dropped: 'hello?'"});
  tested.on_bytes("again\n");
  CHECK(log.size() == 1);
  const auto running = ask("A?");
  CHECK(did().empty());
  pass(line_session::quiet);
  CHECK(did() == "A?");
}

TEST_CASE_FIXTURE(session_fixture,
                  "of an answer with two lines the first counts, and the other is nobody's") {
  warm_up();
  const auto first = ask("A?");
  const auto second = ask("B?");
  tested.on_bytes("a\nb\n");
  CHECK(said() == "A?: 205 a");
  CHECK(did() == "A?");
  pass(30ms);
  tested.on_bytes("more\n");
  pass(49ms);
  CHECK(did().empty());
  pass(1ms);
  CHECK(did() == "B?");
}

TEST_CASE_FIXTURE(session_fixture, "what lies unread when an exchange begins is nobody's answer") {
  warm_up();
  wire.unread = 12;
  const auto running = ask("A?");
  CHECK(did().empty());
  CHECK(log.size() == 1);
  pass(line_session::quiet);
  CHECK(did() == "A?");
}

TEST_CASE_FIXTURE(session_fixture, "line ends that are left over mean nothing") {
  warm_up();
  const auto first = ask("A?");
  tested.on_bytes("a\n\r");
  const auto second = ask("B?");
  CHECK(did() == "A? B?");
  tested.on_bytes("\rb\r\n");
  CHECK(said() == "A?: 205 a; B?: 205 b");
  terms.terminator = line_end::cr;
  const auto third = ask("C?");
  tested.on_bytes("\nc\r\n");
  CHECK(said() == "C?: 205 c");
  CHECK(log.empty());
}

TEST_CASE_FIXTURE(session_fixture, "the length of an answer is limited") {
  terms.most = 10;
  warm_up();
  const auto right = ask("A?");
  tested.on_bytes("0123456789\n");
  CHECK(said() == "A?: 205 0123456789");
  const auto wrong = ask("B?");
  const auto next = ask("C?");
  tested.on_bytes("0123456789a");
  CHECK(said() == "B?: 502 the instrument's answer is longer than 10B");
  CHECK(did() == "A? B? close open");
  tested.on_open();
  pass(line_session::quiet);
  CHECK(did() == "C?");
}

TEST_CASE_FIXTURE(session_fixture, "an instrument that never ends sending is left alone") {
  warm_up();
  const auto first = ask("A?");
  tested.on_bytes("a\nb");
  const auto second = ask("B?", 1s);
  const std::string much(64 << 10, 'x');
  for (int i = 0; i < 5; ++i) tested.on_bytes(much);
  CHECK(said() == "A?: 205 a; B?: 503 the instrument keeps sending unsolicited bytes");
  CHECK(did() == "A? close");
}

TEST_CASE_FIXTURE(session_fixture, "a connection that ends before the answer does") {
  warm_up();
  const auto first = ask("A?");
  const auto second = ask("B?");
  SUBCASE("with a part of it") {
    tested.on_bytes("12.");
    tested.on_closed("Connection reset by peer");
    CHECK(said() ==
          "A?: 502 the connection to the instrument ended within its answer (Connection reset by peer); "
          "received so far: '12.'");
  }
  SUBCASE("with nothing") {
    tested.on_closed("it was closed at the other end");
    CHECK(said() ==
          "A?: 503 the connection to the instrument ended before it had answered: it was closed at the other "
          "end");
  }
  CHECK(did() == "A? open");
  tested.on_open();
  CHECK(did() == "B?");
}

TEST_CASE_FIXTURE(session_fixture, "a connection that ends at once is not opened again and again") {
  const auto first = ask("A?");
  wire.is_ended = true;
  tested.on_open();
  CHECK(did() == "open");
  tested.on_closed("it was closed at the other end");
  CHECK(said() == "A?: 503 the instrument ended the connection at once: it was closed at the other end");
  CHECK(did().empty());
}

TEST_CASE_FIXTURE(session_fixture, "a connection that is not used is closed, and opened again") {
  warm_up();
  pass(29'999ms);
  CHECK(did().empty());
  pass(1ms);
  CHECK(did() == "close");
  CHECK(tested.next_deadline() == steady_time::max());
  const auto running = ask("A?");
  CHECK(did() == "open");
  tested.on_open();
  tested.on_bytes("a\n");
  terms.idle = 0s;
  const auto last = ask("B?");
  tested.on_bytes("b\n");
  CHECK(tested.next_deadline() == steady_time::max());
}

TEST_CASE_FIXTURE(session_fixture,
                  "a connection that the instrument closed is opened again for the next request") {
  warm_up();
  tested.on_closed("it was closed at the other end");
  CHECK(tested.next_deadline() == steady_time::max());
  const auto running = ask("A?");
  CHECK(did() == "open");
}

TEST_CASE_FIXTURE(session_fixture, "a board that starts when it is connected has its time") {
  terms.settle = 2s;
  const auto running = ask("A?");
  tested.on_open();
  pass(1s);
  tested.on_bytes("boot loader\n");
  pass(999ms);
  CHECK(did() == "open");
  pass(1ms);
  CHECK(did() == "A?");
}

TEST_CASE_FIXTURE(session_fixture, "a line that is not answered is done when it was sent") {
  warm_up();
  is_answered = false;
  terms.pause = 100ms;
  const auto first = ask("V 5");
  CHECK(said().empty());
  tested.on_sent();
  CHECK(said() == "V 5: 205 ");
  is_answered = true;
  const auto next = ask("V?");
  CHECK(did() == "V 5");
  tested.on_bytes("OK\n");  // a late answer to the PUT
  pass(100ms);
  CHECK(did() == "V?");
  tested.on_bytes("5\n");
  CHECK(said() == "V?: 205 5");
  CHECK(log.size() == 1);
}

TEST_CASE_FIXTURE(session_fixture, "a line that cannot be sent is reported as well") {
  warm_up();
  is_answered = false;
  const auto running = ask("V 5");
  pass(2s);
  CHECK(said() == "V 5: 504 the instrument has not taken what was sent within 2s");
  CHECK(did() == "V 5 close");
}

TEST_CASE_FIXTURE(session_fixture, "a caller may send another request from its answer handler") {
  warm_up();
  backend::running second;
  const auto first = tested.ask({"A?\n", true, terms}, steady_time::max(),
                                [&](const backend_reply&) { second = ask("B?"); });
  tested.on_bytes("a\n");
  CHECK(did() == "A? B?");
  tested.on_bytes("b\n");
  CHECK(said() == "B?: 205 b");
}

TEST_CASE_FIXTURE(session_fixture, "a caller that cancels while others are answered gets no answer") {
  const auto first = ask("A?");
  backend::running second;
  const auto killer =
      tested.ask({"B?\n", true, terms}, steady_time::max(), [&](const backend_reply&) { second.reset(); });
  second = ask("C?");
  tested.on_failed("No route to host");
  CHECK(said() == "A?: 503 cannot connect to the instrument: No route to host");
}

TEST_CASE_FIXTURE(session_fixture, "of 20,000 exchanges with late answers, none gets that of another") {
  terms.timeout = 100ms;
  terms.drain = 100ms;
  std::vector<backend::running> running;
  std::size_t count = 0, right = 0, silent = 0, wrong = 0;
  const auto one = [&] {
    const auto number = std::to_string(count++);
    running.push_back(
        tested.ask({number + '\n', true, terms}, steady_time::max(), [&, number](backend_reply reply) {
          if (reply.code == response_code::gateway_timeout)
            ++silent;
          else
            ++(reply.text == number ? right : wrong);
        }));
  };
  // What the instrument is going to send, and when.
  std::deque<std::pair<steady_time, std::string>> speech;
  std::size_t heard = 0;
  std::size_t answered = 0;
  while (answered < 20'000) {
    if (running.size() - (right + silent + wrong) < 3) one();
    while (!wire.done.empty()) {
      const auto what = wire.done.front();
      wire.done.erase(wire.done.begin());
      if (what == "open") {
        tested.on_open();
      } else if (what != "close") {
        tested.on_sent();
        const bool is_late = ++heard % 7 == 0;
        speech.emplace_back(time.now() + (is_late ? 101ms + heard % 98 * 1ms : heard % 100 * 1ms), what);
      }
    }
    auto next = tested.next_deadline();
    if (!speech.empty()) next = std::min(next, speech.front().first);
    REQUIRE(next != steady_time::max());
    if (next > time.now()) time.advance(next - time.now());
    if (!speech.empty() && speech.front().first <= time.now()) {
      const auto line = speech.front().second;
      speech.pop_front();
      tested.on_bytes(line);
    }
    tested.expire();
    answered = right + silent + wrong;
  }
  CHECK(wrong == 0);
  CHECK(silent > 2800);
  CHECK(right > 17'000);
}
