#include <doctest/doctest.h>

#include <algorithm>
#include <mqcoap/settings/node.hpp>
#include <mqcoap/settings/report.hpp>
#include <string>
#include <vector>

using namespace mqcoap;

namespace {

using level = diagnostic::severity;

/// Lines that were covered since the beginning of the program.
int covered_lines = 0;

struct report_fixture {
  source_file file{"a.conf", "alpha: one\nbeta: two\n", 0600};
  report faults;
  node_arena arena;

  const node& at(int line, int column, const std::string& text = {}, bool hidden = false) {
    auto& n = arena.emplace_back();
    n.what = node::kind::scalar;
    n.text = text;
    n.hidden = hidden;
    n.file = &file;
    n.line = line;
    n.column = column;
    return n;
  }
  std::vector<diagnostic> take() { return faults.take({"a.conf"}); }
  std::string only_message() {
    const auto taken = take();
    REQUIRE(taken.size() == 1);
    return taken.front().message;
  }
};

}  // namespace

TEST_CASE_FIXTURE(report_fixture, "a hidden text is replaced wherever it is a word, or is long") {
  faults.error(at(1, 1, "pass1", true), "found 'pass1' and xpass1x", "not pass1");
  const auto taken = take();
  REQUIRE(taken.size() == 1);
  CHECK(taken.front().message == "found '***' and x***x");
  CHECK(taken.front().hint == "not ***");
  faults.error(at(1, 1, "on", true), "found 'on' and on, one of none, on");
  CHECK(only_message() == "found '***' and ***, one of none, ***");
}

TEST_CASE_FIXTURE(report_fixture, "a hidden text may be a part of what replaces it") {
  faults.error(at(1, 1, "*", true), "unknown key '*'");
  CHECK(only_message() == "unknown key '***'");
  faults.error(at(1, 1, "**", true), "unknown key '**', **");
  CHECK(only_message() == "unknown key '***', ***");
  faults.error(at(1, 1, "***", true), "unknown key '***'");
  CHECK(only_message() == "unknown key '***'");
  faults.error(at(1, 1, "******", true), "******x******");
  CHECK(only_message() == "***x***");
}

TEST_CASE_FIXTURE(report_fixture, "the same fault at the same place is stored and counted once") {
  for (int i = 0; i < 2000; ++i) faults.error(at(1, 1), "wrong");
  for (int i = 0; i < 2000; ++i) faults.warning(at(1, 1), "odd");
  faults.error(at(1, 2), "wrong");
  faults.error(at(2, 1), "wrong");
  const auto taken = take();
  REQUIRE(taken.size() == 4);
  CHECK(taken[0].message == "wrong");
  CHECK(taken[1].message == "odd");
  CHECK(taken[2].column == 2);
  CHECK(taken[3].line == 2);
}

TEST_CASE_FIXTURE(report_fixture, "warnings make room for errors, which are shown in the order of places") {
  for (int i = 0; i < 1100; ++i) faults.warning(at(1, i + 1), "odd");
  faults.error(at(1, 3), "wrong");
  faults.error(at(2, 1), "wrong");
  CHECK(faults.failed());
  const auto taken = take();
  REQUIRE(taken.size() == report::most + 1);
  const auto errors =
      std::count_if(taken.begin(), taken.end(), [](const diagnostic& d) { return d.level == level::error; });
  CHECK(errors == 2);
  CHECK(taken[3].message == "wrong");
  CHECK(taken[report::most - 1].line == 2);
  CHECK(taken.back().message == "there are 102 more faults");
  CHECK(taken.back().level == level::warning);
}

TEST_CASE_FIXTURE(report_fixture, "the number of those left out is an error if one of them is") {
  SUBCASE("only warnings") {
    for (int i = 0; i < 1001; ++i) faults.warning(at(1, i + 1), "odd");
    CHECK_FALSE(faults.failed());
    const auto taken = take();
    CHECK(taken.back().message == "there is 1 more fault");
    CHECK(taken.back().level == level::warning);
  }
  SUBCASE("errors, too") {
    for (int i = 0; i < 5; ++i) faults.warning(at(1, i + 1), "odd");
    for (int i = 0; i < 1002; ++i) faults.error(at(2, i + 1), "wrong");
    const auto taken = take();
    REQUIRE(taken.size() == report::most + 1);
    CHECK(taken.front().level == level::error);
    CHECK(taken.back().message == "there are 7 more faults");
    CHECK(taken.back().level == level::error);
  }
  CHECK(take().empty());  // nothing is counted twice
}

TEST_CASE_FIXTURE(report_fixture, "a line is prepared once for all of its faults") {
  file = source_file("a.conf", std::string(100'000, 'x') + "\nbeta: two\n", 0600);
  file.cover_lines_with([](std::string&) { ++covered_lines; });
  for (int i = 0; i < 900; ++i) faults.error(at(1, 100 * (i + 1)), "wrong");
  faults.error(at(2, 1), "wrong");
  covered_lines = 0;
  const auto taken = take();
  CHECK(covered_lines == 2);
  REQUIRE(taken.size() == 901);
  CHECK(taken[899].source.size() == 1000);
  CHECK(taken[899].source_from == 90'000 - 500);
  CHECK(taken[900].source == "beta: two");
  CHECK(taken[900].source_from == 0);
}
