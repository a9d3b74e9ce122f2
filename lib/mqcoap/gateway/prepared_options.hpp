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

/// A device that a gateway should have.
struct wanted_device {
  const device_options* options;
  bool is_own;   ///< it serves the documents of the gateway
  bool is_bare;  ///< it is not among the options: it serves only these documents
  bool stays;    ///< the gateway already has one with equal options
  std::shared_ptr<const device_layout> layout{};  ///< null: it has not been needed yet
};

/// The devices of a gateway. Refers to the devices in the options, and stays valid when the
/// options are moved.
struct wanted_devices {
  explicit wanted_devices(const gateway_options& options);
  /// Creates the layouts of the devices that do not stay.
  void make_layouts();

  std::vector<wanted_device> all;
  std::unique_ptr<const device_options> bare;  ///< null if there is none
};

/// New options for a gateway, and what they change. May be created and destroyed on any thread: it only reads
/// the options in force, which must not change meanwhile.
struct prepared_options {
  prepared_options(gateway_options next, const gateway_options& in_force);

  gateway_options options;
  wanted_devices devices;
  std::vector<std::string> removed;  ///< the tags of devices that are no longer wanted
  std::shared_ptr<const proxy_rules> rules;
  std::vector<published_resource> published;
  bool publishes_the_same = false;  ///< the same as the options in force
};

}  // namespace mqcoap
