#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace mqcoap {

/// The progress of announcing presences.
struct presence_status {
  struct failure {
    std::string tag;
    std::string why;
  };
  std::size_t devices = 0;          ///< devices with presence
  std::size_t announced = 0;        ///< those whose current message the broker has received
  std::vector<failure> failing;     ///< other devices, with a known cause
  std::vector<std::string> rivals;  ///< tags that another program announces as well
};

}  // namespace mqcoap
