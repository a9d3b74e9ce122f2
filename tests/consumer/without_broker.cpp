// A test of a user's program: a device and a caller over a broker in memory, with a clock that the test
// advances. It is built against the installed library only.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <iostream>
#include <mqcoap/client/client.hpp>
#include <mqcoap/client/response_exception.hpp>
#include <mqcoap/testing/broker.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using client = asio::use_awaitable_t<>::as_default_on_t<mqcoap::client>;

namespace {

asio::awaitable<void> ask(client& me) {
  co_await me.async_connect();
  const auto answer = co_await me.async_request("DEV/axuv/gains");
  std::cout << to_int(answer.code) << ' ' << answer.body.text() << '\n';
  try {
    co_await me.async_request("DEV/axuv/slow");
  } catch (const boost::system::system_error& e) {
    std::cout << e.code().message() << '\n';
  }
}

}  // namespace

int main() try {
  asio::io_context loop;
  mqcoap::testing::broker broker(loop);
  mqcoap::client_options options;
  options.tag = mqcoap::device_tag::parse("DEV").value();
  client device(loop, options, broker);
  client caller(loop, {}, broker);
  asio::steady_timer never(loop, asio::steady_timer::time_point::max());
  device.add_handler(mqcoap::request_handler{
      .name = "gains",
      .process = [&](const mqcoap::call& c) -> asio::awaitable<mqcoap::answer> {
        if (c.req.path.key() == "slow") co_await never.async_wait(asio::use_awaitable);
        co_return mqcoap::answer{.body = mqcoap::json_text::from_value({0, 1, 2, 3, 4})};
      },
  });
  device.async_run(
      [](mqcoap::error_code why) { std::cout << "the device ended: " << why.message() << '\n'; });
  asio::co_spawn(loop, ask(caller), [](std::exception_ptr failed) {
    if (failed) std::rethrow_exception(failed);
  });
  broker.advance(5s);
  broker.refuse(mqcoap::connect_errc::not_authorized);
  broker.drop("DEV");
  broker.settle();
  return 0;
} catch (const std::exception& e) {
  std::cerr << "failed: " << e.what() << '\n';
  return 1;
}
