#include <spdlog/spdlog.h>

#include <cstdio>
#include <exception>
#include <string>

#include "script.hpp"
#include "world.hpp"

/// Replays all scenarios of the given files; the exit status is 1 if one fails.
int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::off);
  int played = 0, failed = 0;
  for (int i = 1; i < argc; ++i) {
    const std::string path = argv[i];
    try {
      for (const auto& script : mqcoap::scenario::read_scripts(path)) {
        ++played;
        try {
          mqcoap::scenario::world(path.substr(0, path.rfind('/'))).play(script);
          std::printf("ok      %s\n", script.title.c_str());
        } catch (const std::exception& e) {
          ++failed;
          std::printf("FAILED  %s\n  %s: %s\n", script.title.c_str(), path.c_str(), e.what());
        }
      }
    } catch (const std::exception& e) {
      std::printf("%s\n", e.what());
      return 1;
    }
  }
  std::printf("%d scenarios, %d failed\n", played, failed);
  return failed == 0 && played > 0 ? 0 : 1;
}
