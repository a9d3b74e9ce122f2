#include <doctest/doctest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <filesystem>
#include <mqcoap/resource/exec/exec_backend.hpp>
#include <string>
#include <vector>

#include "own_processes.hpp"
#include "recorder.hpp"
#include "support/run_loop.hpp"
#include "unit/config/support.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;

json_schema schema(std::string_view message) { return json_schema::compile(text(message).value()).value(); }

std::string filled(std::string_view written, const argument::values& brought, bool is_operand = false) {
  const auto made = argument(written).fill(brought, is_operand);
  return made ? *made : "refused: " + made.error().message;
}

struct exec_fixture {
  exec_fixture() { std::signal(SIGPIPE, SIG_IGN); }

  manual_clock time;
  timer_queue timers{time};
  boost::asio::io_context loop;
  backend_services services{loop.get_executor()};
  std::shared_ptr<exec_pool> pool = std::make_shared<exec_pool>(services, timers);
  temporary_folder folder;
  strings answers;

  static exec_options script(const std::string& message, strings more = {}) {
    exec_options options;
    options.program.argv = {"sh", "-c", message, "sh"};
    options.program.argv.insert(options.program.argv.end(), more.begin(), more.end());
    return options;
  }
  std::shared_ptr<exec_backend> make(exec_options options, const std::string& pattern = "x") {
    return std::make_shared<exec_backend>(std::move(options), pattern, pool);
  }
  backend::running ask(backend& of, method verb = method::get, const std::string& body = "null",
                       const std::string& path = "x") {
    return of.run({.verb = verb, .path = path, .rest = {}, .body = text(body), .options = {}},
                  [this](backend_reply reply) {
                    answers.push_back(std::to_string(to_int(reply.code)) + ' ' +
                                      (is_error(reply.code) ? reply.message : reply.text));
                  });
  }
  template <class Condition>
  void run_until(Condition&& holds) {
    test::run_until(loop, holds);
  }
  void settle(std::size_t wanted) {
    run_until([&] { return answers.size() >= wanted; });
  }
  std::string answer_of(exec_options options, method verb = method::get, const std::string& body = "null",
                        const std::string& path = "x", const std::string& pattern = "x") {
    answers.clear();
    const auto tested = make(std::move(options), pattern);
    const auto running = ask(*tested, verb, body, path);
    settle(1);
    return answers.back();
  }
  /// Waits until a program has created this file. The loop does not have to run for that.
  void await_file(const std::string& name) {
    poll_until(loop, [&] { return std::filesystem::exists(folder.path(name)); });
  }
};

}  // namespace

TEST_CASE("an argument takes the body and parts of the path, and every other brace is itself") {
  const argument::values brought{text(R"("fast")"), {"x", "7"}};
  CHECK(filled("{body}", brought) == "fast");
  CHECK(filled("--to={path.2}/{path.1}!", brought) == "--to=7/x!");
  CHECK(filled("{ print $1 } {} {path.0} {path.12} {body", brought) ==
        "{ print $1 } {} {path.0} {path.12} {body");
  CHECK(filled("{body}", {text("21.50"), {}}) == "21.50");
  CHECK(filled("{body}", {text(R"({"a":[1]})"), {}}) == R"({"a":[1]})");
  CHECK(filled("{body}", {text(R"("{path.1}")"), {}}) == "{path.1}");  // the result is not searched for
                                                                       // placeholders again
  CHECK(argument::find_fault("{body}{path.1}").empty());
  CHECK(argument::find_fault("a{path}b") == "{path}");
  CHECK(argument::find_fault("{rest}") == "{rest}");
  CHECK(argument::find_fault("{path.10}") == "{path.10}");
}

TEST_CASE("nothing that a request brings begins an option or ends a line") {
  CHECK(filled("{body}", {text(R"("-rf")"), {}}) == "refused: the body begins with '-', as an option does");
  CHECK(filled("{body}", {text("-5"), {}}).starts_with("refused"));
  CHECK(filled("{body}{path.1}", {text(R"("")"), {"-x"}}).starts_with("refused"));
  CHECK(filled("{body}", {text("-5"), {}}, true) == "-5");
  CHECK(filled("--to={body}", {text("-5"), {}}) == "--to=-5");
  for (const auto* body :
       {R"("a\u0000b")", R"("a\nb")", R"("a\r")", R"("\u001b[0m")", R"("\u007f")", "[1,\n2]"})
    CHECK(filled("x{body}", {text(body), {}}) == "refused: the body holds a control character");
}

TEST_CASE("an argument has at most the bytes that Linux takes") {
  const std::string longest(131'071, 'x');
  CHECK(filled("{body}", {text('"' + longest + '"'), {}}) == longest);
  CHECK(filled("-{body}", {text('"' + longest + '"'), {}}) ==
        "refused: the body is too long for an argument");
}

TEST_CASE_FIXTURE(exec_fixture, "a program's output is what a GET reads, and its status tells how it went") {
  CHECK(answer_of(script("echo 21.5")) == "205 21.5\n");
  CHECK(answer_of(script("echo 21.5"), method::put) == "205 ");
  CHECK(answer_of(script("echo out; echo 'no such axis' >&2; exit 3")) ==
        "500 it ended with status 3: no such axis");
  CHECK(answer_of(script("exit 1")) == "500 it ended with status 1");
  CHECK(answer_of(script("kill -KILL $$")) == "500 it was ended by signal 9 (Killed)");
  exec_options missing;
  missing.program.argv = {"/none/program"};
  CHECK(answer_of(missing) == "500 it cannot be started: No such file or directory");
}

TEST_CASE_FIXTURE(exec_fixture, "the end of its standard error is reported, made safe") {
  CHECK(
      answer_of(script("head -c 1000 /dev/zero | tr '\\0' x >&2; printf 'the end\\033[0m\\n' >&2; exit 1")) ==
      "500 it ended with status 1: " + std::string(189, 'x') + "the end?[0m");
}

TEST_CASE_FIXTURE(exec_fixture,
                  "a request's body and path become arguments as they are, whatever a shell makes of them") {
  auto options = script("printf '%s\\n' \"$@\"", {"--", "{body}", "{path.1}"});
  options.paths.emplace(1, schema(R"({"pattern":"^(?:[xyz]|\\$.*)$"})"));
  const auto ask_for = [&](const std::string& body, const std::string& path) {
    return answer_of(options, method::put, body, path, "move/*");
  };
  auto reported = script("printf '%s|' \"$@\" >&2; exit 1", {"{body}", "{path.1}"});
  reported.paths = options.paths;
  CHECK(answer_of(reported, method::put, R"("$(id); `id` && 'x' *")", "move/$(id)", "move/*") ==
        "500 it ended with status 1: $(id); `id` && 'x' *|$(id)|");
  CHECK(ask_for("1", "move/x") == "205 ");
  CHECK(ask_for("1", "move/w").starts_with("400 'w' in the path breaks its pattern"));
  CHECK(ask_for("1", "move/xx").starts_with("400"));
  CHECK(ask_for(R"("a\nb")", "move/x").starts_with("400"));
  CHECK(ask_for("-1", "move/x") == "205 ");  // after `--`
  CHECK(answer_of(options, method::get, "1", "move/x", "move/*") == "400 the program takes a body");
}

TEST_CASE_FIXTURE(exec_fixture, "the body can be read from the standard input, that of a PUT or POST") {
  auto options = script("cat >&2; exit 1");
  options.program.has_input = true;
  CHECK(answer_of(options, method::put, R"({"a": [1]})") == R"(500 it ended with status 1: {"a": [1]})");
  CHECK(answer_of(options, method::get, "5") == "500 it ended with status 1");
  CHECK(answer_of(script("cat >&2; exit 1"), method::put, "5") == "500 it ended with status 1");
  options = script("exec <&-; exit 0");
  options.program.has_input = true;
  CHECK(answer_of(options, method::put, '"' + std::string(1'000'000, 'x') + '"') ==
        "205 ");  // the input is not read
}

TEST_CASE_FIXTURE(exec_fixture, "a program with too much output is terminated") {
  auto options = script("exec cat /dev/zero");
  options.most = 1000;
  CHECK(answer_of(options) == "500 the program wrote more than 1000B");
  options = script("exec cat /dev/zero >&2");
  options.most = 1000;
  CHECK(answer_of(options) == "500 the program wrote more than 1000B to its standard error");
  options = script("head -c 1000 /dev/zero");
  options.most = 1000;
  CHECK(answer_of(options).size() == 1004);
}

TEST_CASE_FIXTURE(exec_fixture,
                  "a program that hangs is terminated after its timeout, with its child processes") {
  auto options = script("trap '' TERM; sleep 1000 & echo $! > \"$1\"; mv \"$1\" \"$2\"; sleep 1000",
                        {folder.path("a"), folder.path("pid")});
  options.timeout = 2s;
  const auto tested = make(options);
  const auto running = ask(*tested);
  await_file("pid");
  time.advance(2s);
  timers.expire(time.now());
  CHECK(answers == strings{"504 the program did not end within 2s"});
  std::ifstream in(folder.path("pid"));
  pid_t pid = 0;
  in >> pid;
  // The program may have written its file before the loop is told that it runs.
  poll_until(loop, [&] { return !is_alive(pid); });
}

TEST_CASE_FIXTURE(
    exec_fixture,
    "the number of running programs is limited, no resource takes all places, and the others wait") {
  services.set_exec_places(4);
  const auto waits = script("while [ ! -e \"$1\" ]; do sleep 0.01; done; echo done", {folder.path("go")});
  const auto hung = make(waits);
  const auto other = make(script("echo quick"));
  std::vector<backend::running> running;
  for (int i = 0; i < 5; ++i) running.push_back(ask(*hung));
  running.push_back(ask(*other));
  running.push_back(ask(*other));
  settle(2);
  CHECK(answers == strings{"205 quick\n", "205 quick\n"});
  folder.write("go", "");
  settle(7);
  CHECK(answers.back() == "205 done\n");
}

TEST_CASE_FIXTURE(exec_fixture, "a caller who disconnected has no program, running or waiting") {
  services.set_exec_places(1);
  const auto tested = make(
      script("echo $$ > \"$1\"; mv \"$1\" \"$2\"; exec sleep 1000", {folder.path("a"), folder.path("pid")}));
  const auto next = make(script("echo next"));
  auto first = ask(*tested);
  auto waiting = ask(*tested);
  const auto last = ask(*next);
  await_file("pid");
  waiting.reset();
  first.reset();
  settle(1);
  CHECK(answers == strings{"205 next\n"});
}

TEST_CASE_FIXTURE(exec_fixture, "the number of waiting requests is limited") {
  services.set_exec_places(1);
  const auto tested = make(script("sleep 1000"));
  std::vector<backend::running> running;
  for (std::size_t i = 0; i < exec_pool::most_waiting + 2; ++i) running.push_back(ask(*tested));
  CHECK(answers == strings{"503 too many requests wait for the program"});
}

TEST_CASE_FIXTURE(exec_fixture, "a thousand requests leave no zombie and no descriptor") {
  const auto tested = make(script("echo x"));
  std::ptrdiff_t before = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto running = ask(*tested);
    settle(static_cast<std::size_t>(i) + 1);
    if (i == 10) before = open_descriptors();
  }
  CHECK(answers.back() == "205 x\n");
  loop.restart();
  loop.run();
  CHECK(open_descriptors() == before);
  CHECK_FALSE(has_children());
}
