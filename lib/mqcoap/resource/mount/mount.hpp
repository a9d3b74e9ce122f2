#pragma once

#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/resource/resource_services.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {

class kind_module;
class resource_site;

/// A path prefix of one of the gateway's own devices that leads to another
/// device (docs/protocol.md, "Proxying").
struct mount_options {
  static constexpr std::string_view kind_name = "proxy";

  device_tag tag;
  subsystem_name subsystem;
  std::string path;  ///< prefix of the rest of the path; may be empty. No leading or trailing slash.

  method_set offered() const { return method_set::all(); }
  void make(resource_site& at) const;
  const device_tag* target_device() const noexcept { return &tag; }
  friend bool operator==(const mount_options&, const mount_options&) = default;
};

/// A `**` resource that forwards requests to another device.
class mount_resource final : public handler {
 public:
  mount_resource(mount_options to, forwarder& by) : to_(std::move(to)), by_(by) {}
  void handle(responder&& r) override;

 private:
  const mount_options to_;
  forwarder& by_;
};

/// Returns the kind: `probe/**: {proxy: TAG/SUBSYSTEM}` in a configuration.
const kind_module& mount_kind();

}  // namespace mqcoap
