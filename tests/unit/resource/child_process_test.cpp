#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <mqcoap/resource/backend/child_process.hpp>
#include <optional>
#include <sstream>
#include <string>

#include "own_processes.hpp"
#include "support/run_loop.hpp"
#include "unit/config/support.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

using strings = std::vector<std::string>;

struct child_fixture {
  child_fixture() { std::signal(SIGPIPE, SIG_IGN); }

  boost::asio::io_context loop;
  backend_services services{loop.get_executor()};
  std::string output;
  std::string errors;
  std::size_t taken = 0;
  std::optional<child_end> ended;
  std::unique_ptr<child_process> tested;

  void start(child_options options) {
    tested = std::make_unique<child_process>(
        services, std::move(options),
        child_process::events{[this](std::string_view piece) { output += piece; },
                              [this](std::string_view piece) { errors += piece; }, [this] { ++taken; },
                              [this](child_end how) { ended = how; }});
  }
  void start_script(const std::string& script, bool has_input = false) {
    start({.argv = {"sh", "-c", script}, .has_input = has_input});
  }
  template <class Condition>
  void run_until(Condition&& holds) {
    test::run_until(loop, holds);
  }
  child_end await_end() {
    run_until([&] { return ended.has_value(); });
    return *ended;
  }
  void await_output(const std::string& wanted) {
    run_until([&] { return output == wanted || ended; });
    CHECK(output == wanted);
  }
};

}  // namespace

TEST_CASE_FIXTURE(child_fixture, "a program's output is received, and then how it ended") {
  start_script("echo one; echo two >&2; exit 3");
  CHECK(await_end().message() == "it ended with status 3");
  CHECK(output == "one\n");
  CHECK(errors == "two\n");
  ended.reset();
  start({.argv = {"true"}});
  CHECK(await_end().is_good());
}

TEST_CASE_FIXTURE(child_fixture, "everything that it wrote before it ended is received") {
  for (int i = 0; i < 20; ++i) {
    output.clear();
    ended.reset();
    start_script("head -c 300000 /dev/zero");
    CHECK(await_end().is_good());
    CHECK(output.size() == 300000);
  }
}

TEST_CASE_FIXTURE(child_fixture, "a program that cannot be started is reported with the reason") {
  const temporary_folder folder;
  folder.write("data", "x");
  folder.write("wrong", "x", 0700);
  const auto message = [&](const std::string& program) {
    ended.reset();
    start({.argv = {program}});
    return await_end().message();
  };
  CHECK(message("/none") == "it cannot be started: No such file or directory");
  CHECK(message("no-such-program") == "it cannot be started: No such file or directory");
  CHECK(message(folder.path("data")) == "it cannot be started: Permission denied");
  CHECK(message(folder.path("")) == "it cannot be started: Permission denied");
  CHECK(message(folder.path("wrong")) == "it cannot be started: Exec format error");  // and no shell is tried
}

TEST_CASE_FIXTURE(child_fixture, "its environment is what it is given, and a PATH") {
  const environment_variable ours("MQCOAP_TEST_SECRET", "x");
  start({.argv = {"env"}, .environment = {{"LANG", "C.UTF-8"}}});
  await_end();
  CHECK(output == "PATH=" + std::string(std::getenv("PATH")) + "\nLANG=C.UTF-8\n");
  output.clear();
  ended.reset();
  start({.argv = {"env"}, .environment = {{"PATH", "/usr/bin:/bin"}}});
  await_end();
  CHECK(output == "PATH=/usr/bin:/bin\n");
}

TEST_CASE_FIXTURE(child_fixture, "it has three descriptors, its signals, and a group of its own") {
  const int leaked = ::dup(STDERR_FILENO);  // not close-on-exec
  start_script(
      "ls /proc/self/fd; grep -E 'Sig(Blk|Ign)' /proc/self/status | cut -f2; cut -d' ' -f1,5 /proc/$$/stat");
  await_end();
  ::close(leaked);
  std::istringstream said(output);
  int numbers[4];
  for (auto& each : numbers) said >> each;
  CHECK(std::equal(std::begin(numbers), std::end(numbers),
                   std::begin({0, 1, 2, 3})));  // the last is the folder that ls reads
  std::uint64_t blocked = 1, ignored = 1;
  pid_t pid = 0, group = 1;
  said >> std::hex >> blocked >> ignored >> std::dec >> pid >> group;
  CHECK(blocked == 0);
  CHECK((ignored & 0x7fffffffU) == 0);  // two are used by the C library
  CHECK(pid == group);
}

TEST_CASE_FIXTURE(child_fixture, "input of any size is read by the program") {
  start_script("wc -c", true);
  CHECK_FALSE(tested->write(std::string(1'000'000, 'x')));
  run_until([&] { return taken == 1; });
  tested->close_input();
  await_end();
  CHECK(output == "1000000\n");
}

TEST_CASE_FIXTURE(child_fixture, "a program that reads nothing delays nobody") {
  start_script("echo begun; exec sleep 1000", true);
  CHECK_FALSE(tested->write(std::string(1'000'000, 'x')));
  await_output("begun\n");
  tested->end();
  CHECK(await_end().message() == "it was ended by signal 15 (Terminated)");
  CHECK(taken == 0);
  ended.reset();
  output.clear();
  start_script("exec <&-; echo closed; exec sleep 1000", true);
  await_output("closed\n");
  tested->write(std::string(1'000'000, 'x'));  // the bytes are lost, but there is no SIGPIPE
  tested->end();
  await_end();
}

TEST_CASE_FIXTURE(child_fixture,
                  "a terminated program's whole process group ends, whatever signals it ignores") {
  start_script("trap '' TERM; sleep 1000 & echo $!; while :; do sleep 1000; done");
  run_until([&] { return output.ends_with('\n'); });
  tested->end();
  CHECK(await_end().message() == "it was ended by signal 9 (Killed)");
  await_death(std::stoi(output));
}

TEST_CASE_FIXTURE(child_fixture, "what a program leaves running in its group ends with it") {
  start_script("sleep 1000 & echo $!");
  await_end();
  const auto left = std::stoi(output);
  await_death(left);
}

TEST_CASE_FIXTURE(child_fixture, "a process outside of the group that keeps writing delays nobody") {
  start_script("setsid sh -c 'echo $$; exec sleep 1000' & sleep 0.1; echo done");
  await_end();
  CHECK(output.find("done\n") != std::string::npos);
  ::kill(std::stoi(output), SIGKILL);
}

TEST_CASE_FIXTURE(child_fixture, "an error stream that is held is not read, and nothing of it is lost") {
  start_script("echo begun; head -c 200000 /dev/zero >&2");
  tested->hold_errors(true);
  await_output("begun\n");
  CHECK(errors.empty());
  tested->hold_errors(false);
  await_end();
  CHECK(errors.size() == 200000);
}

TEST_CASE_FIXTURE(child_fixture,
                  "after destruction nothing is reported, and the loop terminates the program") {
  start({.argv = {"true"}});
  await_end();
  ended.reset();
  const auto before = open_descriptors();
  start_script("trap '' TERM; echo $$; while :; do sleep 1000; done");
  run_until([&] { return !output.empty(); });
  tested.reset();
  loop.restart();
  loop.run();  // returns when nothing is pending
  CHECK_FALSE(ended);
  CHECK_FALSE(has_children());
  CHECK(open_descriptors() == before);
}

TEST_CASE_FIXTURE(child_fixture, "after destruction before the start, no program is left") {
  start_script("exec sleep 1000");
  tested.reset();
  run_until([&, n = 0]() mutable { return ++n > 1; });
  loop.restart();
  loop.run();
  CHECK_FALSE(has_children());
}

TEST_CASE("a destroyed loop terminates its programs") {
  std::optional<child_fixture> fixture(std::in_place);
  fixture->start_script("trap '' TERM; echo $$; while :; do sleep 1000; done");
  fixture->run_until([&] { return !fixture->output.empty(); });
  const auto pid = std::stoi(fixture->output);
  fixture.reset();
  CHECK_FALSE(is_alive(pid));
  CHECK_FALSE(has_children());
}

TEST_CASE_FIXTURE(child_fixture, "hundreds of programs leave no zombie and no descriptor") {
  start({.argv = {"true"}});
  await_end();
  const auto before = open_descriptors();
  for (int i = 0; i < 300; ++i) {
    ended.reset();
    start({.argv = {"true"}, .has_input = true});
    if (i % 3 == 0) tested->write("x");
    CHECK(await_end().is_good());
  }
  CHECK(open_descriptors() == before);
  CHECK_FALSE(has_children());
}
