#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <map>
#include <mqcoap/resource/process/process_backend.hpp>
#include <string>
#include <vector>

#include "recorder.hpp"
#include "support/run_loop.hpp"
#include "unit/config/support.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;

/// The program that answers: it runs the path of each request as Python code, which has access to the
/// request's members.
constexpr char obeys[] = R"(
import json, sys, os, signal, time
def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()
def answer(**members):
    say(json.dumps(members) + '\n')
for line in sys.stdin:
    request = json.loads(line)
    id, method, body = request['id'], request['method'], request['body']
    exec(request['path'])
)";

struct nobody final : forwarder {
  void forward(responder&&, const address&) override {}
  std::size_t path_limit() const noexcept override { return 0; }
};

struct process_fixture {
  process_fixture() { std::signal(SIGPIPE, SIG_IGN); }

  manual_clock time;
  timer_queue timers{time};
  boost::asio::io_context loop;
  backend_services backends{loop.get_executor()};
  nobody elsewhere;
  strings lines;
  resource_services services{time, timers,
                             [this](log_level, std::string_view line) { lines.emplace_back(line); },
                             elsewhere, &backends};
  std::shared_ptr<program> by;
  strings answers;
  std::vector<backend::running> running;

  void start(strings argv, std::size_t most = 1 << 18) {
    process_options options;
    options.program.argv = std::move(argv);
    options.most = most;
    by = std::make_shared<program>(options, "GW_1, x", services);
    by->start();
  }
  void start_python() { start({"/usr/bin/python3", "-c", obeys}); }
  void ask(const std::string& rest, method verb = method::get, const std::string& body = "null",
           std::chrono::milliseconds timeout = 0ms) {
    running.push_back(by->ask({.verb = verb, .path = "x", .rest = rest, .body = text(body), .options = {}},
                              timeout, [this](backend_reply reply) {
                                const auto said = reply.body.value_or(json_text());
                                answers.push_back(
                                    std::to_string(to_int(reply.code)) + ' ' +
                                    (is_error(reply.code) ? reply.message : std::string(said.text())));
                              }));
  }
  template <class Condition>
  void run_until(Condition&& holds) {
    test::run_until(loop, holds);
  }
  void settle(std::size_t wanted) {
    run_until([&] { return answers.size() >= wanted; });
  }
  std::string answer_to(const std::string& rest, method verb = method::get,
                        const std::string& body = "null") {
    ask(rest, verb, body);
    settle(answers.size() + 1);
    return answers.back();
  }
  bool has_line(std::string_view message) const {
    return std::any_of(lines.begin(), lines.end(),
                       [message](const auto& line) { return line.find(message) != std::string::npos; });
  }
  void await_line(std::string_view message) {
    run_until([&] { return has_line(message); });
  }
  /// Waits until a program that has exited is restarted.
  void pass_pause() {
    time.advance(31s);
    timers.expire(time.now());
  }
};

}  // namespace

TEST_CASE("lines: what is asked") {
  const auto line = [](const std::string& rest, const std::string& body) {
    return request_line(
        7, {.verb = method::put, .path = "a/b", .rest = rest, .body = text(body), .options = {}});
  };
  CHECK(line("data/0", "[1]") == "{\"id\":7,\"method\":\"PUT\",\"path\":\"data/0\",\"body\":[1]}\n");
  CHECK(line("a\"b", "null") == "{\"id\":7,\"method\":\"PUT\",\"path\":\"a\\\"b\",\"body\":null}\n");
  for (const auto* body : {"[1,\n2]", "{\r\n\"a\"\n:\t1}", R"("a\nb")"}) {
    const auto made = line("", body);
    CHECK(made.find('\n') == made.size() - 1);
    CHECK(made.find('\r') == std::string::npos);
  }
}

TEST_CASE("lines: what is said") {
  const auto said = [](std::string_view line) {
    const auto read = read_line(line, 4);
    if (!read) return std::string("nothing");
    if (!read->id) return std::string("ready");
    return std::to_string(*read->id) + ": " + std::to_string(to_int(read->reply.code)) + ' ' +
           (is_error(read->reply.code) ? read->reply.message
                                       : std::string(read->reply.body.value_or(json_text()).text()));
  };
  CHECK(said(R"({"id":7,"code":205,"body":[1]})") == "7: 205 [1]");
  CHECK(said(R"(  {"body":"x","id":18446744073709551615}  )") == "18446744073709551615: 205 \"x\"");
  CHECK(said(R"({"id":7,"code":204})") == "7: 204 null");
  CHECK(said(R"({"id":7,"code":null})") == "7: 205 null");
  CHECK(said(R"({"id":7,"code":404,"body":"no \u001b such"})") == "7: 404 no ? such");
  CHECK(said(R"({"id":7,"code":404})") == "7: 404 the program gives no reason");
  CHECK(said(R"({"id":7,"code":500,"body":{"a":1}})") == R"(7: 500 {"a":1})");
  for (const auto* code : {"299", "200", "\"205\"", "205.0", "-1", "{}", "1e3"})
    CHECK(said(R"({"id":7,"code":)" + std::string(code) + '}') ==
          "7: 502 the program gave an invalid response code: " + std::string(code));
  CHECK(said(R"({"ready":true})") == "ready");
  CHECK(said(R"({"id":7,"code":204,"code":404})") == "7: 502 the program gave 'code' twice in its answer");
  CHECK(said(R"({"id":7,"body":1,"body":1})") == "7: 502 the program gave 'body' twice in its answer");
  CHECK(said(R"({"id":7,"body":1,"note":1,"note":2})") == "7: 205 1");
  for (const auto* line : {"", "garbage", "[]", "7", R"({"ready":false})", R"({"id":"7"})", R"({"id":-7})",
                           R"({"id":7.0})", R"({"id":7}x)", R"({"id":7,)", R"({"id":7,"id":8})",
                           R"({"id":7,"body":[[[[1]]]]})", "{\"id\":7,\"body\":\"\xff\"}"})
    CHECK_MESSAGE(said(line) == "nothing", line);
}

TEST_CASE("lines come out of pieces as they went in") {
  line_splitter tested(10);
  tested.add("one\ntw");
  CHECK(tested.next() == "one");
  CHECK_FALSE(tested.next());
  tested.add("o\r\n\nthree");
  CHECK(tested.next() == "two");
  CHECK(tested.next() == "");
  CHECK_FALSE(tested.next());
  CHECK_FALSE(tested.is_too_long());
  tested.add("456789");
  CHECK_FALSE(tested.next());
  CHECK(tested.is_too_long());
  tested.add("\n");
  CHECK(tested.next() == "three456789");
}

TEST_CASE_FIXTURE(process_fixture, "a program answers requests, in its own order") {
  start_python();
  CHECK(answer_to("answer(id=id, body=[method, body])", method::put, R"({"a": 1})") ==
        R"(205 ["PUT", {"a": 1}])");
  CHECK(answer_to("answer(id=id, code=404, body='no such thing')") == "404 no such thing");
  CHECK(answer_to("answer(id=id, code=299)") == "502 the program gave an invalid response code: 299");
  ask("pass");
  ask("answer(id=id, body=2); answer(id=id-1, body=1)");
  settle(5);
  CHECK(strings(answers.end() - 2, answers.end()) == strings{"205 2", "205 1"});
  CHECK(by->useless_lines() == 0);
}

TEST_CASE_FIXTURE(process_fixture, "a first line that reports readiness is logged, a later one is not") {
  start({"/usr/bin/python3", "-c", "print('{\"ready\":true}', flush=True)" + std::string(obeys)});
  CHECK(answer_to("say('{\"ready\":true}\\n'); answer(id=id)") == "205 null");
  CHECK(lines.front() == "GW_1, x: the program is ready");
  CHECK(by->useless_lines() == 1);
}

TEST_CASE_FIXTURE(process_fixture, "lines that answer no request are counted, and logged once a second") {
  start_python();
  CHECK(answer_to("say('garbage\\n' * 100); answer(id=id+5); answer(id=id)") == "205 null");
  CHECK(by->useless_lines() == 101);
  CHECK(lines.size() == 1);
  CHECK(lines.front() == "GW_1, x: a line of the program answers no request: 'garbage'");
  time.advance(1s);
  answer_to("say('more\\n'); answer(id=id)");
  CHECK(lines.back() ==
        "GW_1, x: a line of the program answers no request: 'more'; 100 lines before it were like this");
}

TEST_CASE_FIXTURE(process_fixture, "half a line is no answer, until its other half comes") {
  start_python();
  ask("say('{\"id\":%d,' % id)");
  CHECK(answers.empty());
  ask("say('\"body\":5}\\n'); answer(id=id, body=6)");
  settle(2);
  CHECK(answers == strings{"205 5", "205 6"});
}

TEST_CASE_FIXTURE(process_fixture,
                  "a program that hangs costs its callers their time, and answers nobody else then") {
  start_python();
  ask("answer(id=id, body='first')", method::get, "null", 2s);
  settle(1);
  ask("held = id", method::get, "null", 2s);
  time.advance(2s);
  timers.expire(time.now());
  CHECK(answers.back() == "504 the program did not answer within 2s");
  CHECK(answer_to("answer(id=held, body='late'); answer(id=id, body='right')") == R"(205 "right")");
  CHECK(answers.size() == 3);
  CHECK(by->useless_lines() == 1);
}

TEST_CASE_FIXTURE(process_fixture, "a cancelled request gets no answer, and is not sent any more") {
  start_python();
  ask("held = id");
  running.clear();
  CHECK(answer_to("answer(id=held); answer(id=id, body=1)") == "205 1");
  CHECK(answers.size() == 1);
}

TEST_CASE_FIXTURE(process_fixture,
                  "a program that does not read holds up nobody; what it has not got is not sent") {
  start({"sleep", "1000"});
  const auto large = '"' + std::string(5'000, 'x') + '"';
  for (std::size_t i = 0; i < program::most_open; ++i) ask("", method::put, large, 2s);
  ask("");
  CHECK(answers == strings{"503 too many requests wait for the program"});
  time.advance(2s);
  timers.expire(time.now());
  CHECK(answers.size() == program::most_open + 1);
  ask("");
  CHECK(answers.size() == program::most_open + 1);  // there is room again
}

TEST_CASE_FIXTURE(process_fixture,
                  "when a program dies, its callers get an answer, and it is restarted after a pause") {
  start_python();
  ask("sys.stderr.write('Traceback:\\n\\n ValueError: oh\\x1b\\n  \\n'); os._exit(3)");
  settle(1);
  const std::string how = "it ended with status 3: ValueError: oh?";
  CHECK(answers.back() == "504 the program ended before it answered: " + how);
  CHECK(has_line("GW_1, x: Traceback:"));
  CHECK(has_line("GW_1, x: the program is not running: " + how + "; it will be restarted in "));
  ask("answer(id=id)");
  CHECK(answers.back().starts_with("503 the program is not running: " + how + "; it will be restarted in "));
  pass_pause();
  CHECK(answer_to("answer(id=id, body=1)") == "205 1");
  // The last line may lack a line end; output of an earlier run is not attributed to this one.
  CHECK(answer_to("sys.stderr.write('no end'); sys.stderr.flush(); os._exit(4)")
            .ends_with("it ended with status 4: no end"));
  pass_pause();
  CHECK(answer_to("os._exit(5)").ends_with("it ended with status 5"));
  pass_pause();
  CHECK(answer_to("sys.stderr.write('bye'); sys.stderr.flush(); os._exit(0)")
            .ends_with("it ended with status 0"));
}

TEST_CASE_FIXTURE(process_fixture, "a program that cannot be started is tried again, later and later") {
  start({"/none/program"});
  await_line(
      "the program is not running: it cannot be started: No such file or directory; it will be restarted "
      "in ");
  ask("");
  CHECK(answers.back().starts_with("503 the program is not running: it cannot be started"));
  const auto first = timers.next_deadline() - time.now();
  for (int i = 0; i < 30; ++i) {
    lines.clear();
    pass_pause();
    await_line("it will be restarted in ");
  }
  CHECK(timers.next_deadline() - time.now() > 2 * first);
}

TEST_CASE_FIXTURE(process_fixture, "a program with too much output is terminated") {
  start({"sh", "-c", "exec yes garbage"});
  await_line("it wrote more than 1MiB that answers no request");
  ask("");
  CHECK(answers.back().starts_with("503"));
  await_line("the program is not running: it wrote more than 1MiB that answers no request");
  by.reset();
  start({"sh", "-c", "exec cat /dev/zero"}, 1000);
  await_line("it wrote a line that is too long");
  await_line("the program is not running: it wrote a line that is too long");
}

TEST_CASE_FIXTURE(process_fixture, "its standard error goes to the log, twenty lines a second") {
  start_python();
  answer_to("sys.stderr.write('line\\x1b\\n' * 100); sys.stderr.flush(); answer(id=id)");
  run_until([&] { return lines.size() >= 20; });
  CHECK(lines.front() == "GW_1, x: line?");
  answer_to("time.sleep(0); answer(id=id)");
  time.advance(1s);
  answer_to("sys.stderr.write('x' * 3000 + '\\n'); sys.stderr.flush(); answer(id=id)");
  await_line("80 lines of the program's standard error were left out");
  CHECK(std::all_of(lines.begin(), lines.end(), [](const auto& line) { return line.size() < 400; }));
}

TEST_CASE_FIXTURE(process_fixture,
                  "a program that floods its standard error waits, and answers all the same") {
  start({"/usr/bin/python3", "-c",
         "import os, threading\n"
         "def flood():\n"
         "    while True: os.write(2, b'x' * 100 + b'\\n')\n"
         "threading.Thread(target=flood, daemon=True).start()\n" +
             std::string(obeys)});
  CHECK(answer_to("answer(id=id, body=1)") == "205 1");
  CHECK(answer_to("answer(id=id, body=2)") == "205 2");
  CHECK(lines.size() <= 20);
}

TEST_CASE_FIXTURE(process_fixture,
                  "a program ends with those who ask it, even if it ignores SIGTERM and its input") {
  start_python();
  const auto said = answer_to(
      "signal.signal(signal.SIGTERM, signal.SIG_IGN); answer(id=id, body=os.getpid()); time.sleep(1000)");
  by.reset();
  loop.restart();
  loop.run();
  CHECK(::kill(std::stoi(said.substr(4)), 0) != 0);
}
