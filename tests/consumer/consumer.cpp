// A program of a user: a device and a caller in one, over a broker whose port is given. It is built against
// the installed library only.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>
#include <iostream>
#include <mqcoap/client/client.hpp>
#include <mqcoap/client/response_exception.hpp>
#include <mqcoap/client/sync_client.hpp>

namespace asio = boost::asio;

namespace {

mqcoap::client_options options(const char* port, const char* tag) {
  mqcoap::client_options made;
  made.broker.host = "127.0.0.1";
  made.broker.port = static_cast<std::uint16_t>(std::atoi(port));
  if (tag != nullptr) made.tag = mqcoap::device_tag::parse(tag).value();
  return made;
}

/// Exceptions that are thrown here are caught in the library, and vice versa.
mqcoap::request_handler gains() {
  return {"gains", {}, [](mqcoap::responder& r) {
            if (r.req().path.key() != "gains") throw mqcoap::not_found("only gains");
            std::move(r).respond({.body = mqcoap::json_text::from_value({0, 1, 2, 3, 4})});
          }};
}

asio::awaitable<void> ask(mqcoap::client& me) {
  co_await me.async_connect(asio::use_awaitable);
  const auto answer = co_await me.async_request("DEV/axuv/gains", asio::use_awaitable);
  std::cout << to_int(answer.code) << ' ' << answer.body.text() << '\n';
  co_await me.async_disconnect(asio::use_awaitable);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  {
    asio::io_context loop;
    mqcoap::client me(loop.get_executor(), options(argv[1], "DEV"));
    me.add_handler(gains());
    asio::co_spawn(loop, ask(me), [](std::exception_ptr failed) {
      if (failed) std::rethrow_exception(failed);
    });
    loop.run();
  }
  mqcoap::sync_client me(options(argv[1], "DEV"));
  me.add_handler(gains());
  me.connect();
  std::cout << me.get("DEV/axuv/gains").body.value().as_array().size() << '\n';
  try {
    me.get("DEV/axuv/offsets");
  } catch (const mqcoap::not_found& e) {
    std::cout << e.what() << '\n';
  }
  return 0;
} catch (const std::exception& e) {
  std::cerr << "failed: " << e.what() << '\n';
  return 1;
}
