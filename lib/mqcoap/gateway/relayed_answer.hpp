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
  /// @param asked  the caller's request
  /// @param to  the address that the route was given: of the caller, or of a mount
  way_back(const call& asked, address to, std::shared_ptr<const route_options> route, std::size_t path_limit);

  /// Returns the path by which the caller reaches a path of the device, asking in the same way as before;
  /// empty if there is none.
  std::string from(std::string_view device_path) const;

 private:
  address to_;
  std::shared_ptr<const route_options> route_;
  std::size_t path_limit_;
  std::string before_;   ///< stands before it in the caller's path: `probe/` of a mount, or `TAG/SUBSYSTEM/`
  std::string mounted_;  ///< what a mount puts in the place of that
  bool passes_on_ = false;  ///< the device's own path is the caller's: the gateway answers for its tag
};

/// Makes the caller's answer of a device's, but for a `location` (docs/protocol.md, "Response codes" and
/// "Proxying"): the source is the device, and an error has words.
void relay(answer& from_device, std::string_view tag);

}  // namespace mqcoap
