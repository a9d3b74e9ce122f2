#pragma once

#include <string>
#include <vector>

namespace mqcoap {

/// An error or warning about a configuration, with everything that a person needs to correct it.
struct diagnostic {
  enum class severity { error, warning };

  severity level = severity::error;
  std::string file;
  int line = 0;                 ///< from 1; 0 for the file as a whole
  int column = 0;               ///< from 1, in bytes
  std::string key_path;         ///< `devices.GW_XX_0_0001.resources.gains`; may be empty
  std::string message;          ///< what is wrong
  std::string source;           ///< the line itself
  std::size_t length = 1;       ///< number of bytes to mark
  std::string hint;             ///< the hint, shown after the mark; may be empty
  std::size_t source_from = 0;  ///< bytes of a very long line that precede `source`
};

/// Formats it as compilers do: `file:line:column: error: path: message`, the line, a mark and the hint.
std::string to_string(const diagnostic& d);

}  // namespace mqcoap
