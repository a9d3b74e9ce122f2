// Several requests at once, under one correlation id: each ends in its own way, and the batch when the last
// has ended. Asynchronous, with a callback.
//
//     batch [HOST[:PORT] [COUNT]]     COUNT batches; 0, the default: every 2 seconds until Ctrl-C
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <iostream>
#include <mqcoap/client/client.hpp>
#include <mqcoap/client/response_exception.hpp>

#include "arguments.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

const std::string tag = "2D_XX_0_9996";

/// Answers `channel/0` to `channel/2` with their numbers.
mqcoap::request_handler channels() {
  return {"channels", {}, [](mqcoap::responder& r) {
            const auto path = r.req().path.key();
            const int number = path.empty() ? -1 : path.back() - '0';
            if (!path.starts_with("channel/") || number < 0 || number > 2)
              throw mqcoap::not_found("there are channel/0 to channel/2");
            std::move(r).respond({.body = mqcoap::json_text::from_value(number)});
          }};
}

class caller {
 public:
  caller(asio::io_context& loop, const arguments& given)
      : given_(given), me_(loop.get_executor(), given.options(tag)), pause_(loop) {
    me_.add_handler(channels());
    me_.async_connect([this](mqcoap::error_code error) {
      if (!error) return ask();
      std::cerr << "no connection: " << me_.outage_message() << std::endl;
      me_.async_disconnect([](mqcoap::error_code) {});
    });
  }

 private:
  void ask() {
    std::vector<mqcoap::request_spec> requests;
    for (const char* path : {"channel/0", "channel/1", "channel/2", "channel/3"})
      requests.emplace_back(tag + "/axuv/" + path);
    me_.async_batch(std::move(requests),
                    [this](mqcoap::error_code, const std::vector<mqcoap::outcome>& all) { show(all); });
  }

  void show(const std::vector<mqcoap::outcome>& all) {
    for (const auto& [error, answer] : all)
      std::cout << answer.path.text() << ": " << (error ? error.message() : "") << ' ' << answer.body.text()
                << std::endl;
    if (!given_.more(++done_)) return me_.async_disconnect([](mqcoap::error_code) {});
    pause_.expires_after(2s);
    pause_.async_wait([this](mqcoap::error_code) { ask(); });
  }

  const arguments given_;
  mqcoap::client me_;
  asio::steady_timer pause_;
  int done_ = 0;
};

}  // namespace

int main(int argc, char** argv) try {
  asio::io_context loop;
  caller a(loop, arguments(argc, argv));
  loop.run();
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
