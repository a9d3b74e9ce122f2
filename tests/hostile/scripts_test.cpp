#include <doctest/doctest.h>

#include <filesystem>
#include <set>

#include "script_player.hpp"

using namespace mqcoap::test;

namespace {

constexpr std::size_t least_scripts = 60;

std::set<std::string> script_files() {
  std::set<std::string> all;
  for (const auto& entry : std::filesystem::directory_iterator(MQCOAP_TESTS_DIR "/hostile"))
    if (entry.path().extension() == ".script") all.insert(entry.path());
  return all;
}

std::ptrdiff_t open_files() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return std::distance(begin(all), end(all));
}

}  // namespace

TEST_CASE("whatever a broker does, a program reports the cause, reconnects, answers, and leaks nothing") {
  std::size_t scripts = 0;
  for (const auto& file : script_files()) {
    for (const auto& each : read_scripts(file)) {
      ++scripts;
      for (const auto& who : each.programs) {
        const auto before = open_files();
        const auto wrong = script_player(each, who).play();
        CHECK_MESSAGE(wrong.empty(), each.file, ": ", each.title, ", for the ", who, ": ", wrong);
        CHECK_MESSAGE(open_files() == before, each.file, ": ", each.title, ", for the ", who,
                      ": files stay open");
      }
    }
  }
  CHECK(scripts >= least_scripts);
}
