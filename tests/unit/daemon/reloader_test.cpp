#include <doctest/doctest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <mqcoap/transport/memory_link.hpp>
#include <reloader.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/lab/desk.hpp"
#include "support/lab/hand_alarm.hpp"

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

/// Every reload of a test completes within this time.
constexpr auto longest_reload = 60s;

class temporary_file {
 public:
  temporary_file() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mqcoap-reload-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/mqcoap.yaml"; }
  void write(const std::string& text) const { std::ofstream(path()) << text; }

 private:
  std::string folder_;
};

/// Returns a configuration with this many devices, each with twenty equal values.
std::string with_devices(int count, int value) {
  std::string text = "version: 1\ntemplates:\n  all:\n    resources:\n";
  for (int i = 0; i < 20; ++i)
    text += "      r" + std::to_string(i) + ": {value: " + std::to_string(value) + "}\n";
  text += "devices:\n";
  for (int i = 0; i < count; ++i) text += "  GW_" + std::to_string(i) + ": {like: all}\n";
  return text;
}

struct reload_fixture {
  boost::asio::io_context loop;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> runs{loop.get_executor()};
  manual_clock time;
  test::hand_alarm wake;
  memory_broker broker;
  test::desk caller{broker};
  temporary_file file;
  gateway_host host{options(),
                    {time,
                     wake,
                     [this](const link_options& o) { return std::make_unique<memory_link>(broker, o.name); },
                     {}},
                    {}};
  std::vector<std::string> reported;
  std::string shown;
  std::function<void()> when_prepared = [] {};
  reloader tested{{loop.get_executor(), file.path(), host, [this] { reported.emplace_back("begins"); },
                   [this](const config::settings&) { when_prepared(); },
                   [this](config::settings next, log_output::prepared) { shown = next.shown.text(); },
                   [this](std::string why) { reported.push_back(why.empty() ? "in force" : why); }}};

  static host_configuration options() {
    link_options lab;
    lab.name = "default";
    return {{80, default_namespace(), {}, {}, {}, {}}, {lab}};
  }
  reload_fixture() {
    host.start();
    broker.run();
  }
  void run_until(const std::function<bool()>& is_so) {
    const auto end = std::chrono::steady_clock::now() + longest_reload;
    while (!is_so() && std::chrono::steady_clock::now() < end) loop.run_one_for(1s);
    REQUIRE(is_so());
  }
  /// Runs until this many reloads have completed and no thread is running.
  void run_until_reported(std::size_t reloads) {
    run_until([&] { return reported.size() == 2 * reloads && !tested.is_on_thread(); });
  }
  std::string get(const std::string& tag) {
    caller.answers.clear();
    caller.send({.tag = tag, .path = "r0"});
    broker.run();
    return caller.answers.empty() ? "" : caller.answers.back();
  }
};

}  // namespace

TEST_CASE_FIXTURE(reload_fixture, "a reload puts what the file says in force") {
  file.write(with_devices(3, 5));
  tested.begin();
  CHECK(tested.is_on_thread());
  run_until_reported(1);
  CHECK(reported == std::vector<std::string>{"begins", "in force"});
  CHECK(get("GW_2").find("\"body\":5") != std::string::npos);
  CHECK(shown.find("GW_2") != std::string::npos);
}

TEST_CASE_FIXTURE(reload_fixture, "requests are answered while a configuration is put in force") {
  file.write(with_devices(400, 5));
  tested.begin();
  run_until_reported(1);
  file.write(with_devices(400, 6));
  int turns = 0;
  int answered = 0;
  std::function<void()> ask = [&] {
    if (reported.size() == 4) return;
    ++turns;
    const auto answer = get("GW_399");
    if (answer.find("\"body\":5") != std::string::npos || answer.find("\"body\":6") != std::string::npos)
      ++answered;
    boost::asio::post(loop, ask);
  };
  when_prepared = [&] { boost::asio::post(loop, ask); };
  tested.begin();
  run_until_reported(2);
  CHECK(turns > 2);
  CHECK(answered == turns);
  CHECK(get("GW_399").find("\"body\":6") != std::string::npos);
}

TEST_CASE_FIXTURE(
    reload_fixture,
    "a reload that is requested during another one follows it once, however often it is requested") {
  file.write(with_devices(300, 1));
  tested.begin();
  file.write(with_devices(300, 2));
  tested.begin();
  bool is_first = true;
  when_prepared = [&] {
    if (!std::exchange(is_first, false)) return;
    file.write(with_devices(300, 3));
    tested.begin();
    tested.begin();
  };
  run_until_reported(2);
  CHECK(get("GW_7").find("\"body\":3") != std::string::npos);
  CHECK(reported == std::vector<std::string>{"begins", "in force", "begins", "in force"});
}

TEST_CASE_FIXTURE(reload_fixture, "a file with faults changes nothing, and the next one counts") {
  file.write(with_devices(3, 5));
  tested.begin();
  run_until_reported(1);
  file.write(with_devices(3, 6) + "devizes: {}\n");
  tested.begin();
  run_until_reported(2);
  CHECK(reported.back().starts_with("1 error; the first: "));
  CHECK(get("GW_2").find("\"body\":5") != std::string::npos);
  file.write(with_devices(3, 7));
  tested.begin();
  run_until_reported(3);
  CHECK(get("GW_2").find("\"body\":7") != std::string::npos);
}

TEST_CASE_FIXTURE(reload_fixture, "a reload ends if its owner cannot prepare it") {
  file.write(with_devices(3, 5));
  when_prepared = [] { throw std::runtime_error("no store"); };
  tested.begin();
  run_until_reported(1);
  CHECK(reported.back() == "no store");
  CHECK(get("GW_2").empty());
}

TEST_CASE_FIXTURE(reload_fixture, "a stop ends a reload whose file is being read") {
  file.write(with_devices(300, 1));
  tested.begin();
  host.stop(1s, [] {});
  run_until([&] { return !tested.is_on_thread(); });
  CHECK(reported == std::vector<std::string>{"begins"});
  CHECK(host.running().device_count() == 0);
}

TEST_CASE_FIXTURE(reload_fixture, "a stop ends a reload that is half in force") {
  file.write(with_devices(300, 1));
  when_prepared = [&] { boost::asio::post(loop, [&] { host.stop(1s, [] {}); }); };
  tested.begin();
  run_until([&] { return host.stopping() && !tested.is_on_thread(); });
  CHECK(reported == std::vector<std::string>{"begins"});
}
