#pragma once

#include <memory>
#include <mqcoap/ask/device.hpp>
#include <mqcoap/gateway/device_statistics.hpp>
#include <mqcoap/transport/mqtt_device_link.hpp>
#include <string>
#include <utility>

namespace mqcoap {

/// A device behind the proxy.
class upstream final : public ask::device {
 public:
  upstream(ask::request_sender& by, mqtt_device_link& over, namespace_name namespace_of, device_tag name,
           std::shared_ptr<device_statistics> row)
      : device(by, over, std::move(namespace_of), std::move(name)),
        counted(std::move(row)),
        link_(*over.over()) {}

  const std::shared_ptr<device_statistics> counted;
  /// Set if a request came back, possibly over a bridge, had the whole timeout of its route and got no
  /// answer. Ignored once the device has answered any request.
  bool mute_behind_bridge = false;

  const link& over() const noexcept { return link_; }
  std::string description() const { return tag.text() + " on broker " + link_.name(); }

 private:
  const link& link_;
};

}  // namespace mqcoap
