#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mqcoap {

/// A program, its arguments and its environment. It is started without a shell.
struct child_options {
  std::vector<std::string> argv;  ///< the program first: a path, or a name that is looked up in PATH
  /// Names and values of its environment, in addition to PATH, which is that of the gateway if it is
  /// not given here.
  std::vector<std::pair<std::string, std::string>> environment{};
  bool has_input = false;  ///< its standard input is a pipe from the gateway; otherwise it is /dev/null

  friend bool operator==(const child_options&, const child_options&) = default;
};

/// The path of a program, and the error (errno) because of which it cannot be run; 0 if it can. Finding it
/// may block on the file system.
struct program_place {
  std::string path;
  int error = 0;
};
program_place find_program(const child_options& options);

}  // namespace mqcoap
