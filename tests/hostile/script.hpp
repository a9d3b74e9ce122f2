#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "program.hpp"

namespace mqcoap::test {

/// The versions of libmosquitto for which a step applies. Since 2.1 it closes the connection after packets
/// that it ignored before.
enum class library_versions : std::uint8_t { all, before_2_1, since_2_1 };

/// A line of a script.
struct script_step {
  int line;
  library_versions library;
  std::string only;  ///< the program that the line is for; empty: all programs
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
