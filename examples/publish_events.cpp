// Tells everybody that something happened: publishes an event under a device's tag. Synchronous.
//
//     publish_events [HOST[:PORT] [COUNT]]     COUNT events; 0, the default: every 2 seconds until Ctrl-C
#include <iostream>
#include <mqcoap/client/sync_client.hpp>
#include <thread>

#include "arguments.hpp"

using namespace std::chrono_literals;

int main(int argc, char** argv) try {
  const arguments given(argc, argv);
  mqcoap::sync_client me(given.options());
  me.connect();
  const auto topic = mqcoap::general_topic::parse("gf_int_v1/axuv/event/2D_XX_0_9999/shot").value();
  for (int done = 0; given.more(done); ++done) {
    if (done > 0) std::this_thread::sleep_for(2s);
    me.publish(topic, mqcoap::json_text::from_value({{"number", done + 1}, {"gain", 3}}));
    std::cout << "published " << topic.text() << std::endl;
  }
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
