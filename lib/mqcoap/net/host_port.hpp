#pragma once

#include <cstdint>
#include <mqcoap/base/errc.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// A parsed `HOST[:PORT]` of a broker. An IPv6 address is written in brackets, with its zone if it has one
/// (RFC 6874).
struct host_port {
  std::string host;
  std::optional<std::uint16_t> port{};  ///< 1 to 65535
};
enum class host_port_fault : std::uint8_t { host, port };

result<host_port, host_port_fault> parse_host_port(std::string_view text);

}  // namespace mqcoap
