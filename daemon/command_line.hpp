#pragma once

#include <optional>
#include <string>

namespace mqcoap {

struct arguments {
  std::string config = "/etc/mqcoap/mqcoap.yaml";
  bool check = false;
  bool schema = false;
};

struct command_line {
  arguments given;
  /// Present if the program should exit: help, version or an error was printed.
  std::optional<int> exit;
};

command_line read_command_line(int argc, char** argv);

}  // namespace mqcoap
