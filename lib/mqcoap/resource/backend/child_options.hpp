#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mqcoap {

/// A program and its surroundings. There is no shell between.
struct child_options {
  std::vector<std::string> argv;  ///< the program first: a path, or a name that is looked for in PATH
  /// Names and values of its environment, beside a PATH, which is our own if it is not named here.
  std::vector<std::pair<std::string, std::string>> environment{};
  bool has_input = false;  ///< its standard input is what we write; else /dev/null

  friend bool operator==(const child_options&, const child_options&) = default;
};

/// The place of a program: its path, or why it cannot be run (errno). Finding it blocks, as files do.
struct program_place {
  std::string path;
  int error = 0;
};
program_place find_program(const child_options& options);

}  // namespace mqcoap
