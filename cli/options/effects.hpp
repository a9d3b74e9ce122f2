#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "options/arguments.hpp"

namespace mqcoap::cli {

/// The program's options that have an effect on a verb. The others are rejected, and completion does
/// not offer them.
struct effects {
  bool broker = true;   ///< broker, login and namespace
  bool token = true;    ///< --token-file
  bool timeout = true;  ///< --timeout
  std::vector<std::string> outputs{"body", "json", "raw",
                                   "csv"};  ///< the kinds of -o; empty: -o has no effect
  bool header = true;                       ///< -i
  bool format = true;                       ///< -F
  bool debug = true;                        ///< --debug

  /// Returns the effects of a verb on which only --quiet has an effect.
  static effects none();
  /// Returns the effects of a verb that uses a broker and supports -o with these kinds, without -i and -F.
  static effects with_outputs(std::vector<std::string> kinds);
};

/// Returns true if an option of the program has an effect on the verb.
bool has_effect(const effects& which, const option_facts& option);

/// Checks the options that were given. @param root  the program. @param verb  for error messages
/// @throws usage_failure
void refuse_idle_options(const command& root, const effects& which, std::string_view verb);

}  // namespace mqcoap::cli
