#pragma once

#include <cstdint>
#include <memory>
#include <mqcoap/json/json_text.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap {

class cell;

/// A value with its version.
struct versioned {
  json_text value;
  std::string version;
};

/// Makes the version of a value.
versioned with_version(json_text value);

/// The new state of one value of a cell.
struct change {
  std::shared_ptr<cell> target;
  std::uint64_t number = 0;
  std::optional<versioned> value;  ///< none: it is removed
  /// Why the value before is out of force although nobody has replaced it: its resource refuses it. Empty:
  /// somebody has.
  std::string set_aside{};
};

}  // namespace mqcoap
