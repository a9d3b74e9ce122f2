#pragma once

#include <span>
#include <string_view>

#include "json_mutator.hpp"

namespace mqcoap::fuzz {

/// A part of the project that reads input from others. `run` passes one input to it, and terminates the
/// program if a property that must hold for every input does not.
struct target {
  std::string_view name;
  void (*run)(std::string_view input);
  const json_shape* shape =
      nullptr;  ///< the structure of its inputs, for the structure-aware mutator; null: any bytes
};

std::span<const target> all_targets();

/// Returns null if there is no target with this name.
const target* find_target(std::string_view name);

}  // namespace mqcoap::fuzz
