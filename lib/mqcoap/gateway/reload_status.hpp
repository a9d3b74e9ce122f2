#pragma once

#include <mqcoap/base/clock.hpp>
#include <string>

namespace mqcoap {

/// The outcome of the last time the configuration was loaded, including the first one.
struct reload_status {
  unix_millis when{};
  bool ok = false;
  std::string message;  ///< a summary of the configuration, or why loading it failed
};

}  // namespace mqcoap
