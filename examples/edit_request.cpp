// A request handler that changes the request: old scripts ask for `gain`, the device has `gains`. The handler
// corrects the path and lets the next one answer; the script gets the path back that it asked for.
// Synchronous.
//
//     edit_request [HOST[:PORT] [COUNT]]     COUNT requests; 0, the default: every 2 seconds until Ctrl-C
#include <iostream>
#include <mqcoap/client/sync_client.hpp>
#include <thread>

#include "arguments.hpp"

using namespace std::chrono_literals;

int main(int argc, char** argv) try {
  const std::string tag = "2D_XX_0_9998";
  const arguments given(argc, argv);
  mqcoap::sync_client me(given.options(tag));

  me.add_handler(mqcoap::request_handler{
      "old names",
      [](const mqcoap::call& c) { return c.req.path.key() == "gain"; },
      [](mqcoap::responder& r) { r.edit().path = mqcoap::resource_path::parse("gains").value(); },
  });
  me.add_handler(mqcoap::request_handler{
      "gains",
      [](const mqcoap::call& c) { return c.req.path.key() == "gains"; },
      [](mqcoap::responder& r) {
        if (r.req().verb != mqcoap::method::get)
          throw mqcoap::method_not_allowed("gains can only be read: GET");
        std::move(r).respond({.body = mqcoap::json_text::from_value({0, 1, 2, 3, 4})});
      },
  });

  me.connect();
  for (int done = 0; given.more(done); ++done) {
    if (done > 0) std::this_thread::sleep_for(2s);
    const auto answer = me.get(tag + "/axuv/gain");
    std::cout << answer.path.text() << ' ' << answer.body.text() << std::endl;
  }
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
