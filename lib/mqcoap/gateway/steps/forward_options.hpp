#pragma once

#include <mqcoap/protocol/name.hpp>
#include <optional>
#include <string_view>

namespace mqcoap {

/// The subsystem under which the path of a request is the address of another device.
inline constexpr std::string_view forward_subsystem = "proxy";

/// The options of the steps that forward for callers that name the device.
struct forward_options {
  std::optional<device_tag> tag;  ///< the tag that accepts requests to forward
  friend bool operator==(const forward_options&, const forward_options&) = default;

  bool is(std::string_view name) const noexcept { return tag && tag->text() == name; }
};

}  // namespace mqcoap
