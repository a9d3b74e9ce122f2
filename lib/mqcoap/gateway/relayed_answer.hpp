#pragma once

#include <cstddef>
#include <memory>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/protocol/response.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// Translates paths of a device into those by which the caller reaches them.
class way_back {
 public:
  /// @param original  the caller's request
  /// @param to  the address before the route: of the caller, or of a mount
  way_back(const call& original, address to, std::shared_ptr<const route_options> route,
           std::size_t path_limit);

  /// Returns the path by which the caller can reach a path of the device in the same way as before; empty if
  /// there is none.
  std::string from(std::string_view device_path) const;

 private:
  address to_;
  std::shared_ptr<const route_options> route_;
  std::size_t path_limit_;
  std::string before_;   ///< prefix in the caller's path: `probe/` of a mount, or `TAG/SUBSYSTEM/`
  std::string mounted_;  ///< what a mount replaces that prefix with
  bool passes_on_ =
      false;  ///< the device's path is also the caller's, because the gateway answers for its tag
};

/// Turns a device's answer into the caller's answer, except for the `location` (docs/protocol.md, "Response
/// codes" and "Proxying"): sets the device as the source, and adds a text to an error.
void relay(answer& from_device, std::string_view tag);

}  // namespace mqcoap
