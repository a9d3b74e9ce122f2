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

/// True if a path matches a route's pattern: segments with `*` inside one segment, `**` at the end for one or
/// more segments. Paths come without a leading slash.
bool path_matches(std::string_view pattern, std::string_view path) noexcept;

/// The proxy routes in their order; the first that matches wins. Routes whose tags have no wildcard are found
/// by hash, so that their number does not matter.
class route_table {
 public:
  explicit route_table(std::vector<route_options> routes);

  /// Null if no route takes the request.
  /// @param serving_only  only routes with `serve: true` count
  const route_options* find(const address& to, method verb, bool serving_only = false) const noexcept;

  /// True if a route with `serve: true` answers for this tag, whatever the subsystem, path and method.
  bool serves(std::string_view tag) const noexcept;

  /// The tags to listen for; nothing: there is a pattern among them, or too many, and every tag is listened
  /// for.
  std::optional<std::vector<std::string>> served_tags() const;

  /// True if there is a route of this name.
  bool has(std::string_view name) const noexcept;

  std::size_t size() const noexcept { return routes_.size(); }

 private:
  using index_list = std::vector<std::size_t>;

  const std::vector<route_options> routes_;
  text_map<index_list> by_tag_;  ///< routes with this very tag
  index_list by_pattern_;        ///< routes with a wildcard in a tag
};

/// Where a request goes after a route rewrote it.
struct route_destination {
  std::string broker;  ///< empty: the default broker
  std::string ns;      ///< empty: the gateway's namespace
  address to;
};

/// What a route makes of an address.
/// @par Errors  errc::invalid_address where the result is no address, e.g. a path that grew too long.
result<route_destination> rewrite(const route_target& target, const address& asked, std::size_t path_limit);

/// True if a route changes more of an address than the broker and the namespace.
bool rewrites(const route_target& target) noexcept;

/// The path that a route makes this path of the device of: the opposite of `rewrite`, with the tag and the
/// subsystem of `asked`. Nothing if the route does not lead from any path to this one of this device, or not
/// from one alone.
std::optional<std::string> rewrite_back(const route_options& route, const address& asked,
                                        std::string_view device_path, std::size_t path_limit);

}  // namespace mqcoap
