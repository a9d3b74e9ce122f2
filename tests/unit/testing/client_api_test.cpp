#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <concepts>
#include <type_traits>

#include "testing_lab.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

using awaiting = asio::use_awaitable_t<>::as_default_on_t<client>;
using narrow = basic_client<asio::io_context::executor_type>;

static_assert(std::same_as<client, basic_client<asio::any_io_executor>>);
static_assert(std::same_as<client::rebind_executor<asio::io_context::executor_type>::other, narrow>);
static_assert(std::same_as<awaiting::executor_type,
                           asio::use_awaitable_t<>::executor_with_default<asio::any_io_executor>>);
static_assert(std::constructible_from<client, asio::io_context&>);
static_assert(std::constructible_from<client, asio::thread_pool&, client_options>);
static_assert(std::constructible_from<client, asio::io_context::executor_type>);
static_assert(std::constructible_from<narrow, asio::io_context&>);
static_assert(!std::constructible_from<narrow, asio::thread_pool&>);
static_assert(!std::constructible_from<client, int&>);
static_assert(!std::convertible_to<asio::io_context&, client>);
static_assert(std::movable<client>);
static_assert(!std::copyable<client>);
static_assert(std::constructible_from<client, narrow>);
static_assert(!std::constructible_from<narrow, client>);
// A completion token must match the signature.
template <class Token>
concept connects_with = requires(client& c, Token&& token) {
  c.async_connect(std::forward<Token>(token));
};
static_assert(connects_with<asio::detached_t>);
static_assert(connects_with<void (*)(error_code)>);
static_assert(!connects_with<int>);
static_assert(!connects_with<void (*)(std::string)>);

// A handler is a function of a responder, or a coroutine of a call; anything else would never run.
static_assert(std::convertible_to<void (*)(responder&), request_process>);
static_assert(std::convertible_to<bool (*)(responder&), request_process>);
static_assert(std::convertible_to<asio::awaitable<answer> (*)(const call&), request_process>);
static_assert(!std::convertible_to<asio::awaitable<answer> (*)(responder&), request_process>);
static_assert(!std::convertible_to<asio::awaitable<void> (*)(responder&), request_process>);
static_assert(!std::convertible_to<asio::awaitable<void> (*)(const call&), request_process>);
static_assert(!std::convertible_to<void (*)(const exchange&, const response&), request_process>);
static_assert(!std::convertible_to<int, request_process>);

}  // namespace

TEST_CASE("a client whose operations are awaited without a token") {
  asio::io_context loop;
  testing::broker broker(loop);
  awaiting me(loop, as_device("DEV"), broker);
  me.add_handler({"echo", {}, [](responder& r) { std::move(r).respond({.body = r.req().body}); }});
  std::string said;
  asio::co_spawn(
      loop,
      [&]() -> asio::awaitable<void> {
        co_await me.async_connect();
        request_spec what("DEV/axuv/gains", method::put, json_text::from_value(3));
        const auto answer = co_await me.async_request(what);
        said = answer.body.text();
        std::vector<request_spec> two;
        two.emplace_back("DEV/axuv/a");
        two.emplace_back("DEV/axuv/b");
        const auto common = *request_id::parse("16fd2706-8baf-433b-82eb-8c7fada847da");
        CHECK((co_await me.async_batch(two)).size() == 2);
        CHECK((co_await me.async_batch(two, common)).at(1).answer.correlation_id == common);
        const auto topic = *general_topic::parse("gf_int_v1/axuv/event/DEV/hot");
        const auto events = co_await me.async_subscribe(general_filter());
        co_await me.async_publish(topic, json_text::from_value(7), false);
        said += (co_await me.async_receive(events)).payload.body.text();
        co_await me.async_disconnect();
        said += '.';
      },
      [](std::exception_ptr failed) {
        if (failed) std::rethrow_exception(failed);
      });
  broker.settle();
  CHECK(said == "37.");
}

TEST_CASE("a client of a narrow type of executor becomes one of any, with what is under way") {
  asio::io_context loop;
  testing::broker broker(loop);
  narrow first(loop, as_device("DEV"), broker);
  CHECK(first.get_executor() == loop.get_executor());
  std::optional<error_code> connected;
  first.async_connect([&](error_code ec) { connected = ec; });
  client second(std::move(first));
  broker.settle();
  REQUIRE(connected);
  CHECK_FALSE(*connected);
  CHECK(second.connected());
  CHECK(second.client_id() == "DEV");
  auto third = asio::use_awaitable_t<>::as_default_on(std::move(second));
  CHECK(third.connected());
}

TEST_CASE("assigning to a client ends what it was") {
  asio::io_context loop;
  testing::broker broker(loop);
  client me(loop, as_device("ONE"), broker);
  std::optional<error_code> ended;
  me.async_run([&](error_code ec) { ended = ec; });
  broker.settle();
  me = client(loop, as_device("TWO"), broker);
  broker.settle();
  CHECK(ended == errc::closed);
  CHECK(me.client_id() == "TWO");
}

TEST_CASE("deferred operations begin when they are asked for") {
  lab l;
  std::optional<error_code> connected;
  auto later = l.caller.async_connect(asio::deferred);
  l.broker.settle();
  CHECK_FALSE(l.caller.connected());
  std::move(later)([&](error_code ec) { connected = ec; });
  l.broker.settle();
  REQUIRE(connected);
  CHECK_FALSE(*connected);
}

TEST_CASE("the error code of an outage compares with its reason and with its class") {
  lab l;
  l.broker.refuse(connect_errc::tls_untrusted);
  std::optional<error_code> connected;
  l.caller.async_connect([&](error_code ec) { connected = ec; });
  l.broker.settle();
  REQUIRE(connected);
  CHECK(*connected == connect_errc::tls_untrusted);
  CHECK(*connected == outage_class::tls);
  CHECK(*connected != outage_class::refused);
  CHECK(connected->category() == connect_category());
  CHECK(connected->message() == "the broker's certificate is not trusted");
  CHECK(l.caller.outage().code() == *connected);
  CHECK(l.caller.outage().is(connect_errc::tls_untrusted));
  l.broker.come_up();
  l.broker.settle();
  CHECK(l.caller.connected());
  CHECK_FALSE(l.caller.outage().code());
}

TEST_CASE("a token whose type of handler is erased, with an executor and without one") {
  lab l;
  l.device.add_handler({"echo", {}, [](auto& r) { std::move(r).respond({}); }});  // a generic lambda
  l.connect();
  using handler = asio::any_completion_handler<void(error_code, response)>;
  std::vector<error_code> ended;
  const auto end = [&](error_code error, const response&) { ended.push_back(error); };
  l.caller.async_request("DEV/axuv/gains", handler(end));
  l.caller.async_request("DEV/axuv/gains", handler(asio::bind_executor(l.loop.get_executor(), end)));
  l.broker.settle();
  CHECK(ended == std::vector<error_code>(2));
}

TEST_CASE("options with which no connection is possible, and handlers without a function, are refused") {
  asio::io_context loop;
  testing::broker broker(loop);
  const auto refused = [&](auto change) {
    client_options options;
    change(options);
    CHECK_THROWS_AS(client(loop, options, broker), std::invalid_argument);
  };
  refused([](client_options& o) { o.timeout = 0ms; });
  refused([](client_options& o) { o.timeout = 11min; });
  refused([](client_options& o) { o.broker.qos = 2; });
  refused([](client_options& o) { o.broker.keepalive = 1s; });
  refused([](client_options& o) { o.broker.port = 0; });
  refused([](client_options& o) { o.broker.fallbacks = {{"", 1883}}; });
  refused([](client_options& o) { o.broker.client_id.assign(65'536, 'x'); });
  refused([](client_options& o) { o.broker.will = last_will{"a/#", "x"}; });
  client me(loop, {}, broker);
  CHECK_THROWS_AS(me.add_handler(request_handler{"empty", {}, {}}), std::invalid_argument);
  CHECK_THROWS_AS(me.add_handler(response_handler{}), std::invalid_argument);
}

TEST_CASE("the error of a device that could not read the request is the answer") {
  lab l;
  l.device.add_handler({"echo", {}, [](responder& r) { std::move(r).respond({}); }});
  l.connect();
  const auto deep = json_text::parse(std::string(32, '[') + std::string(32, ']'), 32).value();
  const auto got = l.ask(request_spec("DEV/axuv/gains", method::put, deep));
  CHECK(got.error == response_code::bad_request);
  CHECK(got.what.path.key() == "unknown");
  CHECK(got.what.body.text().find("nested deeper") != std::string::npos);
  CHECK(l.caller.stats().mismatched == 0);
  CHECK_FALSE(json_text::parse(std::string(32, '[') + std::string(32, ']'))
                  .has_value());  // a payload would be too deep
}

TEST_CASE("connecting again during an outage ends with its reason") {
  lab l;
  l.broker.refuse(connect_errc::not_authorized);
  std::vector<error_code> ended;
  for (int i = 0; i < 2; ++i) {
    l.caller.async_connect([&](error_code error) { ended.push_back(error); });
    l.broker.settle();
  }
  CHECK(ended == std::vector<error_code>{connect_errc::not_authorized});
  l.broker.advance(5s);
  CHECK(ended == std::vector<error_code>(2, connect_errc::not_authorized));
  l.caller.async_connect([&](error_code error) { ended.push_back(error); });
  l.broker.settle();
  l.broker.come_up();
  l.broker.settle();
  CHECK(ended.back() == error_code{});
}
