#pragma once

#include <string>
#include <vector>

// Scripts that complete words in shells.
namespace mqcoap::cli {

/// An option of the program or of a verb.
struct option_words {
  std::vector<std::string> names{};  ///< `-o`, `--output`
  std::string about{};               ///< one line
  bool takes_value = false;
};

/// What can be completed of a verb.
struct verb_words {
  std::string name{};
  std::string about{};  ///< one line
  std::vector<option_words> options{};
  std::vector<std::string> verbs{};  ///< below it
  bool takes_address = false;        ///< of a device or resource: completed with those that are online
};

/// A whole script for `bash`, `zsh` or `fish`.
std::string completion_script(const std::string& shell, const std::vector<option_words>& common,
                              const std::vector<verb_words>& verbs);

}  // namespace mqcoap::cli
