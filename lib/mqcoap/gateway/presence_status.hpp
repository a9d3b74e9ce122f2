#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace mqcoap {

/// How far the presences are announced.
struct presence_status {
  struct failure {
    std::string tag;
    std::string why;
  };
  std::size_t devices = 0;          ///< with presence
  std::size_t announced = 0;        ///< of these, the broker has what is to be said
  std::vector<failure> failing;     ///< of the others those with a known cause
  std::vector<std::string> rivals;  ///< tags that somebody else announces, too
};

}  // namespace mqcoap
