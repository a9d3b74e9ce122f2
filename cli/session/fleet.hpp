#pragma once

#include <cstddef>
#include <mqcoap/gateway/options.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::cli {

/// Makes a device with a value for each `PATH=VALUE`: GET and PUT, or only GET. @throws usage_failure
device_options make_device(std::string_view tag, const std::vector<std::string>& values, bool read_only);

/// The tags of a fleet: a text in which `%d` or `%03d`, once, stands for a device's number and `{tag}` for
/// the tag of the copied device.
class tag_pattern {
 public:
  /// @throws usage_failure
  static tag_pattern parse(std::string_view text);

  std::string tag(std::string_view like, std::size_t number) const;

 private:
  std::string before_;
  std::string after_;
  int width_ = 0;
};

/// Makes this many devices, numbered from 1; they copy the given ones in turn.
/// @throws usage_failure  for an invalid tag, or one that two devices would have
std::vector<device_options> make_fleet(const std::vector<device_options>& like, std::size_t size,
                                       const tag_pattern& tags);

}  // namespace mqcoap::cli
