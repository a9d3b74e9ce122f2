// A device: connects under its tag, answers GET gains with [0,1,2,3,4], and asks itself for them every 2
// seconds. Asynchronous, with coroutines. Any other program may ask it too:  poll localhost
//
//     device [HOST[:PORT] [COUNT]]     COUNT requests, then it ends; 0, the default: until Ctrl-C
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <iostream>
#include <mqcoap/client/client.hpp>

#include "arguments.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

const std::string tag = "2D_XX_0_9999";

mqcoap::request_handler gains() {
  const auto wanted = [](const mqcoap::call& c) {
    return c.target.subsystem() == "axuv" && c.req.verb == mqcoap::method::get && c.req.path.key() == "gains";
  };
  return {"gains", wanted, [](mqcoap::responder& r) {
            std::move(r).respond({.body = mqcoap::json_text::from_value({0, 1, 2, 3, 4})});
          }};
}

asio::awaitable<void> ask_yourself(mqcoap::client& me, const arguments& given) {
  constexpr auto tuple = asio::as_tuple(asio::use_awaitable);
  co_await me.async_connect(asio::use_awaitable);
  asio::steady_timer pause(co_await asio::this_coro::executor);
  for (int done = 0; given.more(done); ++done) {
    if (done > 0) {
      pause.expires_after(2s);
      co_await pause.async_wait(asio::use_awaitable);
    }
    const auto [error, answer] = co_await me.async_request(tag + "/axuv/gains", tuple);
    if (error)
      std::cerr << "no gains: " << error.message() << std::endl;
    else
      std::cout << to_int(answer.code) << ' ' << answer.body.text() << std::endl;
  }
  co_await me.async_disconnect(asio::use_awaitable);
}

}  // namespace

int main(int argc, char** argv) try {
  const arguments given(argc, argv);
  asio::io_context loop;
  mqcoap::client me(loop.get_executor(), given.options(tag));
  me.add_handler(gains());

  asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&](auto, int) { loop.stop(); });
  asio::co_spawn(loop, ask_yourself(me, given), [&](std::exception_ptr failed) {
    loop.stop();
    if (failed) std::rethrow_exception(failed);
  });
  loop.run();
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
