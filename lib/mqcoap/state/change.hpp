#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <memory>
#include <mqcoap/json/json_text.hpp>
#include <optional>
#include <string>

namespace mqcoap {

class cell;

using cell_list = boost::container::small_vector<std::shared_ptr<cell>, 1>;  ///< mostly of one cell

/// A value with its version.
struct versioned {
  json_text value;
  std::string version;
};

/// Returns a value together with its version.
versioned with_version(json_text value);

/// The new state of one value of a cell.
struct change {
  std::shared_ptr<cell> target;
  std::uint64_t number = 0;
  std::optional<versioned> value;  ///< none: the value is removed
  /// Why the previous value is no longer in force although it was not replaced: its resource rejects it.
  /// Empty: it was replaced or deleted.
  std::string set_aside{};
};

using change_list = boost::container::small_vector<change, 1>;

}  // namespace mqcoap
