#pragma once

#include <string>
#include <vector>

namespace mqcoap::scenario {

/// One line of a scenario file.
struct step {
  int line = 0;
  std::string verb;  ///< CALLER, EXPECT, ...
  std::string rest;
};

struct script {
  std::string title;
  std::vector<step> steps;
};

/// Reads a file of scenarios; throws std::runtime_error with file and line for invalid lines.
std::vector<script> read_scripts(const std::string& path);

}  // namespace mqcoap::scenario
