#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mqcoap {

/// Where metrics and health are served. There is no authentication: who reaches the address reads them.
struct http_options {
  std::string address = "127.0.0.1";  ///< an IP address
  std::uint16_t port = 8720;          ///< 0: a free one
  std::vector<std::string> hosts{};   ///< further names under which it is asked, see http_hosts

  friend bool operator==(const http_options&, const http_options&) = default;
};

}  // namespace mqcoap
