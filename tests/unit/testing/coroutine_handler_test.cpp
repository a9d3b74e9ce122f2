#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <new>
#include <stdexcept>
#include <vector>

#include "support/run_loop.hpp"
#include "testing_lab.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

/// A coroutine waits here until the gate is opened or the wait is cancelled.
class gate {
 public:
  explicit gate(asio::io_context& loop) : timer_(loop, asio::steady_timer::time_point::max()) {}
  asio::awaitable<void> pass() { co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable)); }
  /// Throws if the wait is cancelled.
  asio::awaitable<void> wait() {
    const auto [ec] = co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!open_) throw boost::system::system_error(ec);
  }
  void open() {
    open_ = true;
    timer_.cancel();
  }

 private:
  asio::steady_timer timer_;
  bool open_ = false;
};

answer with(int value) {
  answer a;
  a.body = json_text::from_value(value);
  return a;
}

request_spec get(const std::string& path) { return request_spec("DEV/axuv/" + path); }

}  // namespace

TEST_CASE("a coroutine answers, at once or later") {
  lab l;
  gate opened(l.loop);
  l.device.add_handler({"now", [](const call& c) { return c.req.path.key() == "now"; },
                        [](const call& c) -> asio::awaitable<answer> {
                          co_return answer{.body = json_text::from_string(c.req.path.text())};
                        }});
  l.device.add_handler({"later", {}, [&](const call&) -> asio::awaitable<answer> {
                          co_await opened.wait();
                          co_return with(2);
                        }});
  l.connect();
  CHECK(l.ask(get("now")).what.body.text() == "\"now\"");
  std::optional<lab::answered> got;
  l.ask(got, get("later"));
  l.broker.settle();
  CHECK_FALSE(got);
  CHECK(l.ask(get("now")).what.body.text() == "\"now\"");  // others are served in the meantime
  opened.open();
  l.broker.settle();
  REQUIRE(got);
  CHECK(got->what.body.text() == "2");
}

TEST_CASE("what a coroutine throws is the answer, before its first wait and after it") {
  lab l;
  gate opened(l.loop);
  bool waits = false;
  SUBCASE("before") {}
  SUBCASE("after") { waits = true; }
  opened.open();
  l.device.add_handler({"throws", {}, [&](const call& c) -> asio::awaitable<answer> {
                          const std::string path(c.req.path.key());
                          asio::steady_timer pause(co_await asio::this_coro::executor, 0ms);
                          if (waits) co_await pause.async_wait(asio::use_awaitable);
                          if (path == "a") throw forbidden("not you");
                          if (path == "b") throw std::runtime_error("no disk");
                          if (path == "c") throw std::bad_alloc();
                          throw 42;
                        }});
  l.connect();
  const auto ask = [&](const char* path) {
    std::optional<lab::answered> got;
    l.ask(got, get(path));
    run_until(l.loop, [&] { return got.has_value(); });
    return *std::move(got);
  };
  CHECK(ask("a").error == response_code::forbidden);
  const auto b = ask("b");
  CHECK(b.error == response_code::internal_server_error);
  CHECK(b.what.body.text() == R"("the handler 'throws' failed: no disk")");
  CHECK(ask("c").error == response_code::service_unavailable);
  CHECK(ask("d").what.body.text() ==
        R"("the handler 'throws' failed: it threw an exception that is not a std::exception")");
}

TEST_CASE("the chain: handlers in front change the request, those behind do not see it") {
  lab l;
  bool reached = false;
  l.device.add_handler({"rename", {}, [](responder& r) { r.edit().path = *resource_path::parse("new"); }});
  l.device.add_handler({"answer", [](const call& c) { return c.req.path.key() == "new"; },
                        [](const call& c) -> asio::awaitable<answer> {
                          co_return answer{.body = json_text::from_string(c.req.path.key())};
                        }});
  l.device.add_handler({"never", {}, [&](responder&) { reached = true; }});
  l.connect();
  const auto got = l.ask(get("old"));
  CHECK(got.what.body.text() == R"("new")");
  CHECK(got.what.path.text() == "old");
  CHECK_FALSE(reached);
}

TEST_CASE("a coroutine that takes too long is cancelled, and its caller gets 504") {
  lab l;
  gate never(l.loop);
  std::string ended;
  std::string expected = "the handler 'slow' did not answer within ";
  request_handler slow{"slow", {}, [&](const call& c) -> asio::awaitable<answer> {
                         co_await never.pass();
                         const auto state = co_await asio::this_coro::cancellation_state;
                         ended = state.cancelled() != asio::cancellation_type::none ? "cancelled " : "done ";
                         ended += c.req.path.text();  // the call still exists
                         co_return with(1);
                       }};
  request_spec what("DEV/axuv/gains", method::put);
  what.timeout = 60s;
  SUBCASE("by its own limit") {
    slow.timeout = 2s;
    expected += "2s";
  }
  SUBCASE("by the caller's") {
    slow.timeout = 30s;
    what.options.edit().timeout = 1500ms;
    expected += "1400ms";
  }
  l.device.add_handler(slow);
  l.connect();
  std::optional<lab::answered> got;
  l.ask(got, what);
  l.broker.advance(1399ms);  // 100 ms of the caller's time are left for the answer to arrive
  CHECK_FALSE(got);
  l.broker.advance(1s);
  REQUIRE(got);
  CHECK(got->error == response_code::gateway_timeout);
  CHECK(got->what.body.text() == '"' + expected + "; the PUT may have been run\"");
  CHECK(ended == "cancelled gains");
}

TEST_CASE("the longest timeout of a handler is no limit") {
  lab l;
  gate later(l.loop);
  request_handler slow{"slow", {}, [&](const call&) -> asio::awaitable<answer> {
                         co_await later.pass();
                         co_return with(1);
                       }};
  slow.timeout = std::chrono::milliseconds::max();
  l.device.add_handler(slow);
  l.connect();
  std::optional<lab::answered> got;
  request_spec what("DEV/axuv/gains", method::get);
  what.timeout = 600s;
  l.ask(got, what);
  l.broker.advance(500s);
  CHECK_FALSE(got);
  later.open();
  l.broker.settle();
  REQUIRE(got);
  CHECK_FALSE(got->error);
}

TEST_CASE("a coroutine is not started for a request whose time is over") {
  lab l;
  bool has_begun = false;
  l.device.add_handler({"first", {}, [&](responder&) { l.broker.advance(950ms); }});
  l.device.add_handler({"late", {}, [&](const call&) -> asio::awaitable<answer> {
                          has_begun = true;
                          co_return with(1);
                        }});
  l.connect();
  request_spec what("DEV/axuv/gains", method::put);
  what.options.edit().timeout = 1000ms;
  const auto got = l.ask(what);
  CHECK(got.error == response_code::gateway_timeout);
  CHECK(got.what.body.text() ==
        R"("the time of the request was over before the handler 'late' began; it was not run")");
  CHECK_FALSE(has_begun);
}

TEST_CASE("a client that disconnects or goes answers for its coroutines and cancels them") {
  lab l;
  gate never(l.loop);
  const auto alive = std::make_shared<int>(1);
  l.device.add_handler(
      {"slow", {}, [&never, kept = std::weak_ptr(alive), alive](const call&) -> asio::awaitable<answer> {
         co_await never.wait();
         co_return with(*kept.lock());
       }});
  l.connect();
  std::optional<lab::answered> got;
  l.ask(got, get("gains"));
  l.broker.settle();
  CHECK(alive.use_count() > 1);
  SUBCASE("disconnects") {
    l.device.async_disconnect([](error_code) {});
    l.broker.settle();
    REQUIRE(got);
    CHECK(got->error == response_code::gateway_timeout);
    CHECK(got->what.body.text() == R"("the device disconnects")");
  }
  SUBCASE("goes") {
    { const client gone(std::move(l.device)); }
    l.broker.settle();
    CHECK(alive.use_count() == 1);
    l.device = client(l.loop, {}, l.broker);
  }
}

TEST_CASE("a handler that is removed lives until its coroutines have ended") {
  lab l;
  gate opened(l.loop);
  const auto id = l.device.add_handler(
      {"later", {}, [&opened, value = std::make_shared<int>(5)](const call&) -> asio::awaitable<answer> {
         co_await opened.wait();
         co_return with(*value);
       }});
  l.connect();
  std::optional<lab::answered> got;
  l.ask(got, get("gains"));
  l.broker.settle();
  CHECK(l.device.remove_handler(id));
  opened.open();
  l.broker.settle();
  REQUIRE(got);
  CHECK(got->what.body.text() == "5");
}

TEST_CASE("a repeat of a write that a coroutine runs is not run again") {
  lab l;
  gate opened(l.loop);
  int runs = 0;
  l.device.add_handler({"once", {}, [&](const call&) -> asio::awaitable<answer> {
                          ++runs;
                          co_await opened.wait();
                          co_return with(runs);
                        }});
  l.connect();
  client other(l.loop, {}, l.broker);
  other.async_connect([](error_code) {});
  l.broker.settle();
  request_spec what("DEV/axuv/gains", method::post);
  what.id = *request_id::parse("16fd2706-8baf-433b-82eb-8c7fada847da");
  std::optional<lab::answered> first;
  std::optional<lab::answered> second;
  l.ask(first, what);
  l.broker.settle();
  other.async_request(what, [&](error_code ec, response r) { second = lab::answered{ec, std::move(r)}; });
  l.broker.settle();
  opened.open();
  l.broker.settle();
  CHECK(runs == 1);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->what.body.text() == "1");
  CHECK(second->what.body.text() == "1");
}

TEST_CASE("a loop that is destroyed takes its coroutines with it") {
  const auto alive = std::make_shared<int>(1);
  bool begun = false;
  {
    asio::io_context loop;
    testing::broker broker(loop);
    client device(loop, as_device("DEV"), broker);
    client caller(loop, {}, broker);
    device.add_handler({"slow", {}, [&begun, alive](const call&) -> asio::awaitable<answer> {
                          begun = true;
                          asio::steady_timer never(co_await asio::this_coro::executor,
                                                   asio::steady_timer::time_point::max());
                          co_await never.async_wait(asio::use_awaitable);
                          co_return answer{};
                        }});
    device.async_connect([](error_code) {});
    caller.async_connect([](error_code) {});
    broker.settle();
    caller.async_request(get("gains"), [](error_code, response) {});
    broker.settle();
  }
  CHECK(begun);
  CHECK(alive.use_count() == 1);
}
