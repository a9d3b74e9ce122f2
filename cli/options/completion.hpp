#pragma once

#include <cstdint>
#include <string>
#include <vector>

// Scripts that complete words in shells. They offer what a verb accepts, and nothing else.
namespace mqcoap::cli {

/// What can stand as an argument, or as the value of an option.
enum class word_kind : std::uint8_t {
  none,      ///< nothing can be offered
  words,     ///< a list of words
  file,      ///< a file that is there
  new_file,  ///< a file to be made: folders are offered
  folder,
  value,    ///< of a body: @FILE
  address,  ///< TAG/SUBSYSTEM/PATH of what is online
  tag,      ///< TAG or TAG/SUBSYSTEM
  pattern,  ///< TAG, TAG/SUBSYSTEM or TAG/SUBSYSTEM/PATH
  target,   ///< TAG or FILE.yaml
  context,  ///< the name of one in cli.yaml
};

struct argument_words {
  word_kind kind = word_kind::none;
  std::vector<std::string> words{};  ///< of word_kind::words
  bool repeated = false;             ///< this one stands for all that follow
};

/// An option of the program or of a verb.
struct option_words {
  std::vector<std::string> names{};  ///< `-o`, `--output`
  std::string about{};               ///< one line
  bool takes_value = false;
  argument_words value{};
};

/// What can be completed of a verb: `get`, or `context add`.
struct verb_words {
  std::string path{};
  std::string about{};                  ///< one line
  std::vector<option_words> options{};  ///< with those of the program that have an effect
  std::vector<argument_words> arguments{};
  std::vector<std::string> below{};  ///< verbs
};

/// A whole script for `bash`, `zsh` or `fish`. @param verbs  the first, with an empty path, is the program
std::string completion_script(const std::string& shell, const std::vector<verb_words>& verbs);

}  // namespace mqcoap::cli
