// Uses the library's client to generate load: keeps a number of requests in flight for some seconds, and
// reports their cost for this process.
#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <mqcoap/client/client.hpp>

#include "process_usage.hpp"

namespace {

using namespace std::chrono;

class load {
 public:
  load(mqcoap::client& asks, mqcoap::request_spec what, steady_clock::time_point from,
       steady_clock::time_point until)
      : asks_(asks), what_(std::move(what)), from_(from), until_(until) {}

  void ask() {
    asks_.async_request(what_,
                        [this](mqcoap::error_code error, const mqcoap::response&) { answered(error); });
  }
  bool done() const { return done_; }
  void print() const {
    const auto answered = static_cast<double>(answered_ - answered_at_begin_);
    std::printf("{\"requests_per_s\": %.1f, \"cpu_us_per_request\": %.4f, \"requests\": %.0f}\n",
                answered / duration<double>(ended_ - from_).count(), 1e6 * cpu_ / answered, answered);
  }

 private:
  void answered(mqcoap::error_code error) {
    if (done_) return;
    if (error) {
      std::fprintf(stderr, "client_load: %s\n", error.message().c_str());
      std::exit(1);
    }
    ++answered_;
    const auto now = steady_clock::now();
    if (!measuring_ && now >= from_) {
      measuring_ = true;
      from_ = now;
      cpu_ = -bench::own_cpu_seconds();
      answered_at_begin_ = answered_;
    }
    if (now < until_) return ask();
    done_ = true;
    ended_ = now;
    cpu_ += bench::own_cpu_seconds();
  }

  mqcoap::client& asks_;
  const mqcoap::request_spec what_;
  steady_clock::time_point from_;
  const steady_clock::time_point until_;
  steady_clock::time_point ended_;
  double cpu_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t answered_at_begin_ = 0;
  bool measuring_ = false;
  bool done_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  std::uint16_t port = 1883;
  std::string tag = "BENCH_0001";
  int in_flight = 1;
  double seconds = 2;
  double warm_up = 0.5;
  CLI::App app("mqcoap::client as a load");
  app.add_option("--port", port);
  app.add_option("--tag", tag);
  app.add_option("--in-flight", in_flight);
  app.add_option("--seconds", seconds);
  app.add_option("--warm-up", warm_up);
  CLI11_PARSE(app, argc, argv);

  boost::asio::io_context loop(1);
  mqcoap::client_options options;
  options.broker.host = "127.0.0.1";
  options.broker.port = port;
  mqcoap::client asks(loop.get_executor(), options);
  const auto from = steady_clock::now() + duration_cast<nanoseconds>(duration<double>(warm_up));
  load all(asks, tag + "/axuv/gains", from, from + duration_cast<nanoseconds>(duration<double>(seconds)));
  asks.async_connect([&](mqcoap::error_code error) {
    if (error) {
      std::fprintf(stderr, "client_load: %s\n", asks.outage_message().c_str());
      std::exit(1);
    }
    for (int i = 0; i < in_flight; ++i) all.ask();
  });
  while (!all.done() && loop.run_one() > 0) {
  }
  all.print();
  return 0;
}
