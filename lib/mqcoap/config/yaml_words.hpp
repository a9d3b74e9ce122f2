#pragma once

#include <mqcoap/settings/node.hpp>
#include <string>

namespace mqcoap {

/// A fault of grammar in words that help somebody who does not know YAML's terms.
struct yaml_fault {
  int line = 0;
  int column = 0;
  std::size_t length = 1;
  std::string words;
  std::string hint;
  bool is_unclosed = false;  ///< a bracket: where it was opened tells more
  bool hint_quotes = false;  ///< the hint repeats what stands there
};

/// Translates an error of the parser.
yaml_fault grammar_fault(const source_file& file, int line, int column, const std::string& parser_words);

/// An alias, which mostly is a pattern whose quotes were forgotten.
yaml_fault alias_fault(const source_file& file, int line, int column);

/// Bytes that a scalar takes on its first line, quotes included; 0 for a quote that is never closed.
std::size_t scalar_length(const source_file& file, std::size_t offset, const node& scalar);

}  // namespace mqcoap
