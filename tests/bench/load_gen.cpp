// The load generator: sends requests as the Python library does, checks the answers, and reports one JSON
// line for every measurement. See README.md.
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>

#include "clock.hpp"
#include "load_run.hpp"
#include "report.hpp"

namespace bench {
namespace {

struct connection_options {
  std::uint16_t broker_port = 0;  ///< 0: act as the broker
  std::string ns = "gf_int_v1";
  std::string target_text = "BENCH_0001/axuv/gains";
  std::string targets_file;
  std::string device_ns;
  std::string device_path = "gains";
  std::size_t device_bytes = 11;
  int qos = 0;
  double start_limit = 30;
  bool session = false;
};

struct run_options {
  load_options load;
  std::string method = "GET";
  std::size_t body_bytes = 0;
  bool fresh_body = false;
  bool hold = false;
  std::vector<std::string> processes;  ///< NAME=PID
};

std::string body_of(const run_options& o) {
  if (o.fresh_body) return request_writer::id_as_body;
  return o.body_bytes ? json_of_size(o.body_bytes) : "";
}

void add_run_options(CLI::App& app, run_options& o) {
  app.add_option("--in-flight", o.load.in_flight, "requests under way; the most of them in the open loop")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--rate", o.load.rate, "open loop: requests/s; 0: closed loop");
  app.add_option("--warm-up", o.load.warm_up, "s before measuring");
  app.add_option("--seconds", o.load.seconds, "s of measuring");
  app.add_option("--count", o.load.count, "so many requests instead of the times");
  app.add_option("--timeout", o.load.timeout, "s without an answer until requests count as lost");
  app.add_option("--method", o.method, "GET, PUT, POST or DELETE")
      ->check(CLI::IsMember({"GET", "PUT", "POST", "DELETE"}));
  app.add_option("--body-bytes", o.body_bytes, "size of the request's body, an array of numbers; 0: null");
  app.add_flag("--fresh-body", o.fresh_body, "each body is another one: the request's id");
  app.add_option("--expect", o.load.expect, "response code of the answers");
  app.add_option("--expect-bytes", o.load.expect_bytes, "least size of an answer's payload");
  app.add_flag("--hold", o.hold, "bring the requests to a mute device and read the memory meanwhile");
  app.add_option("--process", o.processes, "NAME=PID of a program to watch; repeatable");
}

void add_connection_options(CLI::App& app, connection_options& o) {
  app.add_option("--broker", o.broker_port,
                 "port of a broker on this machine; omitted: be the broker of one program");
  app.add_option("--namespace", o.ns, "first level of the requests' topics");
  app.add_option("--target", o.target_text, "TAG/SUBSYSTEM/PATH that is asked");
  app.add_option("--targets", o.targets_file, "file with one target on each line, asked in turn");
  app.add_option("--qos", o.qos, "0 or 1")->check(CLI::Range(0, 1));
  app.add_option("--device-namespace", o.device_ns,
                 "be the device behind a proxy: answer requests in this namespace");
  app.add_option("--device-path", o.device_path, "path that the device's answers name");
  app.add_option("--device-bytes", o.device_bytes, "size of the body of the device's answers");
  app.add_option("--start-limit", o.start_limit, "s until the first good answer");
  app.add_flag("--session", o.session,
               "read measurements from standard input, the options of one on each line");
}

void finish(run_options& o) {
  for (const auto& text : o.processes) {
    const auto equals = text.find('=');
    if (equals == std::string::npos) throw std::invalid_argument("--process wants NAME=PID");
    o.load.processes.push_back({text.substr(0, equals), std::stoi(text.substr(equals + 1))});
  }
}

std::vector<target> read_targets(const connection_options& o) {
  std::vector<std::string> lines;
  if (o.targets_file.empty()) {
    lines.push_back(o.target_text);
  } else {
    std::ifstream in(o.targets_file);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
  }
  std::vector<target> out;
  for (const auto& line : lines) {
    auto t = parse_target(line);
    if (!t) throw std::invalid_argument("not TAG/SUBSYSTEM/PATH: '" + line + "'");
    out.push_back(std::move(*t));
  }
  if (out.empty()) throw std::invalid_argument("no targets");
  return out;
}

void print(const std::string& line) {
  std::puts(line.c_str());
  std::fflush(stdout);
}

/// Reads lines from standard input without blocking on a pipe.
class line_reader {
 public:
  /// Returns a complete line, if there is one; at the end of the input, the remaining text.
  std::optional<std::string> take() {
    const auto end = text_.find('\n');
    if (end == std::string::npos) return std::nullopt;
    auto line = text_.substr(0, end);
    text_.erase(0, end + 1);
    return line;
  }
  /// Returns false at the end of the input.
  bool read() {
    char chunk[4096];
    const auto n = ::read(STDIN_FILENO, chunk, sizeof chunk);
    if (n <= 0) return false;
    text_.append(chunk, static_cast<std::size_t>(n));
    return true;
  }

 private:
  std::string text_;
};

class program {
 public:
  explicit program(connection_options options)
      : options_(std::move(options)),
        targets_(read_targets(options_)),
        device_(peer_, options_.device_ns, options_.device_path, options_.device_bytes, options_.qos) {}

  void connect() {
    deadline_ = now_ns() + static_cast<std::int64_t>(options_.start_limit * 1e9);
    if (options_.broker_port != 0) {
      // Subscribes only to the generator's own answers, because others would cost the broker time.
      const bool one = targets_.size() == 1;
      peer_.connect(options_.broker_port, "bench-load-" + std::to_string(::getpid()),
                    options_.ns + "/+/response/" + (one ? targets_.front().tag : "+") + "/+", options_.qos);
    } else {
      print(boost::json::serialize(boost::json::object{{"event", "listening"}, {"port", peer_.listen()}}));
      std::vector<std::string> topics{topic_of(targets_.front()), topic_of(targets_.back())};
      peer_.accept(topics, deadline_);
    }
    await_first_answer();
  }

  void measure(run_options o) {
    finish(o);
    const request_writer requests(options_.ns, o.method, body_of(o), options_.qos);
    if (o.hold) {
      print(to_json(o.load, hold_requests(peer_, targets_, requests, device_, o.load)));
    } else {
      print(to_json(o.load, load_run(peer_, targets_, requests, device_, o.load).run()));
    }
  }

  /// Runs the measurements that standard input describes, and keeps the connection alive in between.
  void serve() {
    line_reader lines;
    while (true) {
      while (auto line = lines.take()) {
        run_options o;
        CLI::App app("one measurement");
        add_run_options(app, o);
        app.parse(*line);
        measure(std::move(o));
      }
      pollfd both[] = {{STDIN_FILENO, POLLIN, 0}, {peer_.native_handle(), POLLIN, 0}};
      if (::poll(both, 2, -1) < 0 && errno != EINTR) throw std::runtime_error("poll failed");
      if (both[1].revents) peer_.wait(now_ns());
      if (both[0].revents && !lines.read()) return;
    }
  }

 private:
  std::string topic_of(const target& t) const {
    return options_.ns + "/" + t.subsystem + "/request/" + t.tag + "/id";
  }

  /// Sends requests until the first target answers correctly. Behind a broker, a request that arrives before
  /// the program has subscribed is lost, so it is repeated soon.
  void await_first_answer() {
    load_options once;
    once.count = 1;
    once.timeout = options_.broker_port != 0 ? 0.25 : options_.start_limit;
    const request_writer requests(options_.ns, "GET", "", options_.qos);
    const std::vector<target> first{targets_.front()};
    for (int probes = 1;; ++probes) {
      auto result = load_run(peer_, first, requests, device_, once).run();
      const auto now = now_ns();
      if (result.answered == 1) return print_ready(now, probes);
      if (now > deadline_) throw std::runtime_error("no good answer: " + result.first_fault);
      for (const auto pause = now + 2'000'000; now_ns() < pause;) peer_.wait(pause);
    }
  }

  void print_ready(std::int64_t now, int probes) {
    print(boost::json::serialize(
        boost::json::object{{"event", "ready"},
                            {"first_answer_ns", now},
                            {"probes", probes},
                            {"mqtt", peer_.version() == mqtt_version::v5 ? "5" : "3.1.1"},
                            {"receive_maximum", peer_.receive_maximum()}}));
  }

  connection_options options_;
  std::vector<target> targets_;
  mqtt_peer peer_;
  device device_;
  std::int64_t deadline_ = 0;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  // An open loop waits for the time of the next request with a precision of 1 us, instead of the
  // default 50 us.
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  bench::connection_options connection;
  bench::run_options run;
  CLI::App app("MQTT load generator for request/response over topics");
  bench::add_connection_options(app, connection);
  bench::add_run_options(app, run);
  try {
    app.parse(argc, argv);
    bench::program load(connection);
    load.connect();
    if (connection.session) {
      load.serve();
    } else {
      load.measure(run);
    }
    return 0;
  } catch (const CLI::ParseError& e) {
    return app.exit(e);
  } catch (const std::exception& e) {
    bench::print(boost::json::serialize(boost::json::object{{"event", "error"}, {"what", e.what()}}));
    return 1;
  }
}
