#pragma once

#include <span>
#include <string_view>

#include "json_mutator.hpp"

namespace mqcoap::fuzz {

/// A part of the project that reads what others wrote. `run` gives it one input, and ends the program if
/// something does not hold that holds for every input.
struct target {
  std::string_view name;
  void (*run)(std::string_view input);
  const json_shape* shape =
      nullptr;  ///< what its inputs look like, for the structure-aware mutator; null: anything
};

std::span<const target> all_targets();

/// Null if there is none of this name.
const target* find_target(std::string_view name);

}  // namespace mqcoap::fuzz
