#pragma once

#include <mqcoap/config/settings.hpp>
#include <string>
#include <vector>

#include "options/arguments.hpp"
#include "options/command.hpp"

namespace mqcoap::cli {

/// What `serve` and `sim` have in common: the words that say what is answered for.
struct responder_words {
  std::string target;               ///< TAG or FILE.yaml
  std::vector<std::string> values;  ///< -r
  bool read_only = false;

  void declare(command app);
};

/// True for what can only be meant as a file: it ends in .yaml or .yml, or has a slash.
bool is_file_name(const std::string& target);

/// The devices, and the brokers to answer on: those of the file, unless the command line, the environment or
/// a context names one, which then takes the place of the first. Likewise the namespace.
/// @throws failure  a wrong word, or a file with faults, which were said on stderr
settings settle(const responder_words& words, const settled_options& options);

}  // namespace mqcoap::cli
