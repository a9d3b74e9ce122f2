// A response handler that raises: an answer that is no list of five numbers is no success for this program,
// whatever its code says. With `raise_exceptions` what the handler throws is the outcome of the request.
// Synchronous.
//
//     raise [HOST[:PORT] [COUNT]]     COUNT requests; 0, the default: every 2 seconds until Ctrl-C
#include <boost/json/value.hpp>
#include <iostream>
#include <mqcoap/client/sync_client.hpp>
#include <thread>

#include "arguments.hpp"

using namespace std::chrono_literals;

namespace {

mqcoap::response_handler five_gains() {
  return {
      .name = "five gains",
      .matches =
          [](const mqcoap::exchange& of, const mqcoap::response& r) {
            return of.to.path.key() == "gains" && r.code == mqcoap::response_code::content;
          },
      .process =
          [](const mqcoap::exchange& of, mqcoap::response& r) {
            const auto body = r.body.value();
            if (!body.is_array() || body.get_array().size() != 5)
              throw mqcoap::bad_gateway(of.to.tag.text() + " answered with what are no five gains");
          },
      .raise_exceptions = true,
  };
}

/// Answers with three gains only.
mqcoap::request_handler three_gains() {
  return {"three gains", {}, [](mqcoap::responder& r) {
            std::move(r).respond({.body = mqcoap::json_text::from_value({0, 1, 2})});
          }};
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string tag = "2D_XX_0_9997";
  const arguments given(argc, argv);
  mqcoap::sync_client me(given.options(tag));
  me.add_handler(three_gains());
  me.add_handler(five_gains());
  me.connect();
  for (int done = 0; given.more(done); ++done) {
    if (done > 0) std::this_thread::sleep_for(2s);
    try {
      std::cout << me.get(tag + "/axuv/gains").body.text() << std::endl;
    } catch (const mqcoap::bad_gateway& e) {
      std::cout << "refused: " << e.detail() << std::endl;
    }
  }
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
