#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "program.hpp"

namespace mqcoap::test {

/// A line of a script.
struct script_step {
  int line;
  std::string only;  ///< for this program; empty: for all
  std::vector<std::string> words;

  std::string text() const;
};

/// What a hostile broker does, and what is expected of the programs that it does it to.
struct script {
  std::string title;
  std::string file;
  int line;
  std::vector<std::string> programs;
  program_options options;
  std::vector<script_step> steps;
};

/// All scripts of a file, which README.md describes. @throws std::runtime_error that names a line
std::vector<script> read_scripts(const std::string& path);

/// A decimal number, or a hexadecimal one with 0x. @throws std::exception
unsigned long number_in(const std::string& word);

}  // namespace mqcoap::test
