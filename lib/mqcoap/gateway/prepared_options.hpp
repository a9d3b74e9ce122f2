#pragma once

#include <memory>
#include <mqcoap/gateway/device_layout.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/gateway/proxy_rules.hpp>
#include <string>
#include <vector>

namespace mqcoap {

/// A resource with events, and its device.
struct published_resource {
  const device_options* device;
  const resource_options* resource;
};

/// Returns the resources with events, in the order of the options.
std::vector<published_resource> published_by(const gateway_options& options);

/// A device that a gateway is to have.
struct wanted_device {
  const device_options* options;
  bool is_own;   ///< it has the documents of the gateway
  bool is_bare;  ///< it is not among the options: it has nothing but these documents
  bool stays;    ///< the gateway has one with equal options
  std::shared_ptr<const device_layout> layout{};  ///< null: it has not been needed so far
};

/// The devices of a gateway. It refers to the options, wherever they are moved.
struct wanted_devices {
  explicit wanted_devices(const gateway_options& options);
  /// Makes the layouts of those that do not stay.
  void make_layouts();

  std::vector<wanted_device> all;
  std::unique_ptr<const device_options> bare;  ///< null: there is none
};

/// Other options for a gateway, and what they change. May be made on any thread, and destroyed on any: it
/// only reads the options in force, which must not change meanwhile.
struct prepared_options {
  prepared_options(gateway_options next, const gateway_options& in_force);

  gateway_options options;
  wanted_devices devices;
  std::vector<std::string> removed;  ///< the tags of devices that are not wanted any more
  std::shared_ptr<const proxy_rules> rules;
  std::vector<published_resource> published;
  bool publishes_the_same = false;  ///< as the options in force
};

}  // namespace mqcoap
