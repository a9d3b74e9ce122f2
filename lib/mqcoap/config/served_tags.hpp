#pragma once

#include <mqcoap/config/device_builder.hpp>
#include <mqcoap/config/spec.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::config {

/// Returns true if the two have a server in common. All names of the loopback interface count as one address.
bool is_one_broker(const link_options& a, const link_options& b);

/// Finds the tags that the gateway answers for, and the targets of routes, for the checks against loops.
class served_tags {
 public:
  served_tags(const root_spec& root, const std::vector<built_device>& devices);

  /// Returns true if the tag is one of `devices` or `proxy.forward`.
  bool is_own(const std::string& tag) const { return own_.count(tag) != 0; }
  /// Returns true if a route with `serve` answers for the tag.
  bool is_proxied(std::string_view tag) const;
  /// Returns a tag or pattern that the gateway answers for and that overlaps with this pattern; empty: none.
  std::string overlapping(std::string_view pattern) const;

  /// Returns true if a route leads to the broker and namespace in which the gateway itself answers. Two names
  /// of the same broker count as one.
  bool leads_home(const target_spec& to) const;

  /// Returns the tags, as patterns, that a route may lead to.
  static std::set<std::string> targets(const route_spec& route);

 private:
  const root_spec& root_;
  std::set<std::string> own_;
  std::vector<std::string> patterns_;
};

}  // namespace mqcoap::config
