#pragma once

#include <cstdint>
#include <string>
#include <vector>

// Completion scripts for shells. They offer exactly what a verb accepts.
namespace mqcoap::cli {

/// What an argument, or the value of an option, can be.
enum class word_kind : std::uint8_t {
  none,      ///< nothing to offer
  words,     ///< a list of words
  file,      ///< an existing file
  new_file,  ///< a new file: folders are offered
  folder,
  value,    ///< a body: @FILE
  address,  ///< TAG/SUBSYSTEM/PATH of devices that are online
  tag,      ///< TAG or TAG/SUBSYSTEM
  pattern,  ///< TAG, TAG/SUBSYSTEM or TAG/SUBSYSTEM/PATH
  target,   ///< TAG or FILE.yaml
  context,  ///< the name of a context in cli.yaml
};

struct argument_words {
  word_kind kind = word_kind::none;
  std::vector<std::string> words{};  ///< for word_kind::words
  bool repeated = false;             ///< also applies to all further arguments
};

/// An option of the program or of a verb.
struct option_words {
  std::vector<std::string> names{};  ///< `-o`, `--output`
  std::string about{};               ///< one line
  bool takes_value = false;
  argument_words value{};
};

/// What completion offers for a verb such as `get` or `context add`.
struct verb_words {
  std::string path{};
  std::string about{};                  ///< one line
  std::vector<option_words> options{};  ///< including those of the program that have an effect
  std::vector<argument_words> arguments{};
  std::vector<std::string> below{};  ///< subcommands
};

/// Returns a complete script for `bash`, `zsh` or `fish`. @param verbs  the first, with an empty path,
/// is the program
std::string completion_script(const std::string& shell, const std::vector<verb_words>& verbs);

}  // namespace mqcoap::cli
