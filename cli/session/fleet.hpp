#pragma once

#include <cstddef>
#include <mqcoap/gateway/options.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::cli {

/// A device with a value for each `PATH=VALUE`: GET and PUT, or GET alone. @throws usage_failure
device_options make_device(std::string_view tag, const std::vector<std::string>& values, bool read_only);

/// The tags of a fleet: a text in which `%d` or `%03d`, once, stands for a device's number and `{tag}` for
/// the tag of the device that it is like.
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

/// So many devices, numbered from 1; they are like those given, in turn.
/// @throws usage_failure  a tag that is none, or one that two of them would have
std::vector<device_options> make_fleet(const std::vector<device_options>& like, std::size_t size,
                                       const tag_pattern& tags);

}  // namespace mqcoap::cli
