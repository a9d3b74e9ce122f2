#pragma once

#include <string>

#include "options/command.hpp"

namespace mqcoap::cli {

struct state_arguments {
  std::string file;
  std::string directory{};
  std::string backup{};
  bool set_aside = false;
  bool sql = false;
};

/// Shows or copies the stored state of a gateway, which may be running.
int show_state(const state_arguments& given, const settled_options& options);

}  // namespace mqcoap::cli
