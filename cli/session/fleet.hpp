#pragma once

#include <cstddef>
#include <mqcoap/gateway/options.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::cli {

/// Returns a device with a value for each `PATH=VALUE`, which allows GET and PUT, or only GET.
/// @throws usage_failure
device_options make_device(std::string_view tag, const std::vector<std::string>& values, bool read_only);

/// The tags of a fleet: a text that contains `%d` or `%03d` once, for the number of a device, and may contain
/// `{tag}`, for the tag of the copied device.
class tag_pattern {
 public:
  /// Parses a pattern. @throws usage_failure
  static tag_pattern parse(std::string_view text);

  std::string tag(std::string_view like, std::size_t number) const;

 private:
  std::string before_;
  std::string after_;
  int width_ = 0;
};

/// Returns `size` devices, numbered from 1, that copy the given ones in rotation.
/// @throws usage_failure  for a tag that is invalid or occurs twice
std::vector<device_options> make_fleet(const std::vector<device_options>& like, std::size_t size,
                                       const tag_pattern& tags);

}  // namespace mqcoap::cli
