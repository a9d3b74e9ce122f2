#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "program.hpp"

namespace mqcoap::test {

/// A version of libmosquitto. Newer ones close the connection after packets that older ones ignore.
using library_version = std::array<int, 3>;

/// A line of a script.
struct script_step {
  int line;
  library_version since{};   ///< the step applies from this version on; zero: from the first
  library_version before{};  ///< and before this one; zero: up to the newest
  std::string only;          ///< the program that the line is for; empty: all programs
  std::vector<std::string> words;

  std::string text() const;
};

/// What a hostile broker does, and what is expected of the programs that are connected to it.
struct script {
  std::string title;
  std::string file;
  int line;
  std::vector<std::string> programs;
  program_options options;
  std::vector<script_step> steps;
};

/// Reads all scripts of a file; README.md describes the format. @throws std::runtime_error that names a line
std::vector<script> read_scripts(const std::string& path);

/// Parses a decimal number, or a hexadecimal one with 0x. @throws std::exception
unsigned long number_in(const std::string& word);

}  // namespace mqcoap::test
