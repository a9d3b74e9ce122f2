#pragma once

#include <mqcoap/gateway/options.hpp>
#include <mqcoap/gateway/route_table.hpp>

namespace mqcoap {

/// The rules of the proxy, which a reload replaces. They may be created on any thread.
struct proxy_rules {
  explicit proxy_rules(proxy_options options);

  const route_table routes;
  const route_options unrouted;  ///< for mounts that no route matches
};

}  // namespace mqcoap
