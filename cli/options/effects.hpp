#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "options/arguments.hpp"

namespace mqcoap::cli {

/// Which of the options that stand before and behind every verb do something for one of them. The others are
/// refused, and not offered by the completion.
struct effects {
  bool broker = true;   ///< which broker, as whom, and the namespace
  bool token = true;    ///< --token-file
  bool timeout = true;  ///< --timeout
  std::vector<std::string> outputs{"body", "json", "raw", "csv"};  ///< the kinds of -o; empty: it has none
  bool header = true;                                              ///< -i
  bool format = true;                                              ///< -F
  bool debug = true;                                               ///< --debug

  /// Only --quiet.
  static effects none();
  /// Those of a verb that speaks with a broker and writes -o in these kinds, without -i and -F.
  static effects with_outputs(std::vector<std::string> kinds);
};

/// True if an option of the program has an effect.
bool has_effect(const effects& which, const option_facts& option);

/// Looks at the options that were given. @param root  the program. @param verb  for error texts
/// @throws usage_failure
void refuse_idle_options(const command& root, const effects& which, std::string_view verb);

}  // namespace mqcoap::cli
