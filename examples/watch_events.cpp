// Shows the events of all devices, as they come. Asynchronous, with callbacks; subscribes again by itself
// after an outage.
//
//     watch_events [HOST[:PORT] [COUNT]]     COUNT events, then it ends; 0, the default: until Ctrl-C
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <iostream>
#include <mqcoap/client/client.hpp>

#include "arguments.hpp"

namespace asio = boost::asio;

int main(int argc, char** argv) try {
  const arguments given(argc, argv);
  asio::io_context loop;
  mqcoap::client me(loop.get_executor(), given.options());
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&](auto, int) { loop.stop(); });

  int seen = 0;
  const auto show = [&](const mqcoap::general_message& m) {
    std::cout << m.topic.tag.text() << ' ' << m.topic.path.text() << ' ' << m.payload.body.text()
              << std::endl;
    if (!given.more(++seen)) loop.stop();
  };
  me.async_connect([&](mqcoap::error_code error) {
    if (error) std::cerr << "no connection yet: " << me.outage_message() << std::endl;
  });
  me.async_subscribe(mqcoap::general_filter(), show, [&](mqcoap::error_code error, mqcoap::subscription_id) {
    if (error)
      std::cerr << "not subscribed: " << error.message() << std::endl;
    else
      std::cout << "listening" << std::endl;
  });
  loop.run();
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
