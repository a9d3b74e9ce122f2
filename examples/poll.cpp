// Asks another device for its gains every 2 seconds. Synchronous: every call waits for its outcome.
// A response handler logs what comes; what goes wrong is caught as exceptions.
//
//     poll [HOST[:PORT] [COUNT [ADDRESS]]]     ADDRESS as TAG/SUBSYSTEM/PATH; default 2D_XX_0_9999/axuv/gains
#include <iostream>
#include <mqcoap/client/sync_client.hpp>
#include <thread>

#include "arguments.hpp"

using namespace std::chrono_literals;

namespace {

mqcoap::response_handler log_responses() {
  return {"log", {}, [](const mqcoap::exchange& of, mqcoap::response& r) {
            std::clog << to_string(of.verb) << ' ' << of.to.to_string() << ": " << to_int(r.code) << ' '
                      << to_string(r.code) << " after " << of.took.count() << " us" << std::endl;
          }};
}

void ask(mqcoap::sync_client& me, const std::string& address) try {
  std::cout << me.get(address).body.text() << std::endl;
} catch (const mqcoap::not_found& e) {
  std::cerr << e.target() << " has no " << e.path() << ": " << e.detail() << std::endl;
} catch (const mqcoap::response_exception& e) {
  std::cerr << e.what() << std::endl;
} catch (const mqcoap::exchange_failed& e) {
  std::cerr << "no answer: " << e.what() << std::endl;
}

}  // namespace

int main(int argc, char** argv) try {
  const arguments given(argc, argv);
  const std::string address = argc > 3 ? argv[3] : "2D_XX_0_9999/axuv/gains";
  auto options = given.options();
  options.timeout = 1s;
  mqcoap::sync_client me(std::move(options));
  me.add_handler(log_responses());
  me.connect();
  for (int done = 0; given.more(done); ++done) {
    if (done > 0) std::this_thread::sleep_for(2s);
    ask(me, address);
  }
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
