#pragma once

#include <memory>
#include <mqcoap/base/text_map.hpp>
#include <mqcoap/gateway/local_device.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/gateway/proxy.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

using device_map = text_map<std::shared_ptr<local_device>>;

/// Finds the tags that the gateway answers for. Reads the current configuration and stores nothing.
class tag_directory {
 public:
  tag_directory(const gateway_options& options, const device_map& devices, const proxy& behind)
      : options_(options), devices_(devices), proxy_(behind) {}

  /// Returns null if no device of the gateway has this tag.
  local_device* device(std::string_view tag) const noexcept;
  /// Returns true for the tag that accepts `proxy_uri` and the subsystem `proxy`.
  bool forwards(std::string_view tag) const noexcept;
  /// Returns true if the tag belongs to the gateway, and is not served for a device behind the proxy.
  bool is_own(std::string_view tag) const noexcept { return device(tag) != nullptr || forwards(tag); }
  bool serves(std::string_view tag) const noexcept { return is_own(tag) || proxy_.routes().serves(tag); }
  /// Returns true if a route serves tags that the configuration does not name.
  bool has_patterns() const noexcept { return !proxy_.routes().served_tags(); }
  /// Returns the served tags, without those that only a pattern matches.
  std::vector<std::string> named() const;

 private:
  const gateway_options& options_;
  const device_map& devices_;
  const proxy& proxy_;
};

}  // namespace mqcoap
