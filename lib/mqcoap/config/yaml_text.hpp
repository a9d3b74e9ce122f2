#pragma once

#include <mqcoap/settings/node.hpp>
#include <string>

namespace mqcoap::config {

/// A syntax error, described for people who do not know YAML's terms.
struct yaml_fault {
  int line = 0;
  int column = 0;
  std::size_t length = 1;
  std::string message;
  std::string hint;
  bool is_unclosed = false;  ///< a bracket is not closed: the place where it was opened is more useful
  bool hint_quotes = false;  ///< the hint repeats the text at that place
};

/// Translates an error of the parser.
yaml_fault grammar_fault(const source_file& file, int line, int column, const std::string& parser_message);

/// Describes an alias, which usually is a pattern without quotes.
yaml_fault alias_fault(const source_file& file, int line, int column);

/// Returns the number of bytes of a scalar on its first line, including quotes; 0 for a quote that
/// is never closed.
std::size_t scalar_length(const source_file& file, std::size_t offset, const node& scalar);

}  // namespace mqcoap::config
