#pragma once

#include <cstddef>
#include <mqcoap/base/text_map.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/method.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// Returns true if a path matches a route's pattern: segments with `*` inside one segment, `**` at the end
/// for one or more segments. Paths have no leading slash.
bool path_matches(std::string_view pattern, std::string_view path) noexcept;

/// The proxy routes in their order; the first match applies. Routes whose tags have no wildcard are found by
/// hash, so that their number does not matter.
class route_table {
 public:
  explicit route_table(std::vector<route_options> routes);

  /// Returns null if no route takes the request.
  /// @param serving_only  consider only routes with `serve: true`
  const route_options* find(const address& to, method verb, bool serving_only = false) const noexcept;

  /// Returns true if a route with `serve: true` answers for this tag, for any subsystem, path and method.
  bool serves(std::string_view tag) const noexcept;

  /// Returns the tags to subscribe to; nothing if there is a pattern among them, or if there are too many, so
  /// that all tags are subscribed to.
  std::optional<std::vector<std::string>> served_tags() const;

  /// Returns true if there is a route of this name.
  bool has(std::string_view name) const noexcept;

  std::size_t size() const noexcept { return routes_.size(); }

 private:
  using index_list = std::vector<std::size_t>;

  const std::vector<route_options> routes_;
  text_map<index_list> by_tag_;  ///< routes with exactly this tag
  index_list by_pattern_;        ///< routes with a wildcard in a tag
};

/// The target of a request after a route rewrote it.
struct route_destination {
  std::string broker;  ///< empty: the default broker
  std::string ns;      ///< empty: the gateway's namespace
  address to;
};

/// Rewrites an address by a route.
/// @par Errors  errc::invalid_address if the result is invalid, e.g. because the path is too long.
result<route_destination> rewrite(const route_target& target, const address& requested,
                                  std::size_t path_limit);

/// Returns true if a route changes more of an address than the broker and the namespace.
bool rewrites(const route_target& target) noexcept;

/// Returns the path that a route rewrites to this path of the device, with the tag and the subsystem of
/// `requested`: the inverse of `rewrite`. Returns nothing if there is no such path, or more than one.
std::optional<std::string> rewrite_back(const route_options& route, const address& requested,
                                        std::string_view device_path, std::size_t path_limit);

}  // namespace mqcoap
