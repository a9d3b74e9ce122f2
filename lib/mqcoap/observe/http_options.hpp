#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mqcoap::observe {

/// The address of the HTTP server for metrics and health. There is no authentication: every client that
/// reaches the address can read them.
struct http_options {
  std::string address = "127.0.0.1";  ///< an IP address, possibly with a zone: fe80::1%eth0
  std::uint16_t port = 8720;          ///< 0: a free one
  std::vector<std::string> hosts{};   ///< further names of this server, see http_hosts

  friend bool operator==(const http_options&, const http_options&) = default;
};

}  // namespace mqcoap::observe
