#pragma once

#include <mqcoap/base/clock.hpp>
#include <string>

namespace mqcoap {

/// How the last reading of the configuration came out, that at the start included.
struct reload_status {
  unix_millis when{};
  bool ok = false;
  std::string words;  ///< what is in force now, or the first of the faults that kept it from being so
};

}  // namespace mqcoap
