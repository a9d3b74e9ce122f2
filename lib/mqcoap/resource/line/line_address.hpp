#pragma once

#include <cstdint>
#include <mqcoap/base/errc.hpp>
#include <string>
#include <string_view>
#include <variant>

namespace mqcoap {

/// An instrument on the network.
struct tcp_address {
  std::string host;  ///< a name or a numeric address
  std::uint16_t port = 0;
  friend bool operator==(const tcp_address&, const tcp_address&) = default;
};

enum class serial_parity : std::uint8_t { none, odd, even };
enum class serial_flow : std::uint8_t { none, software, hardware };

/// An instrument at a serial port.
struct serial_address {
  std::string device;  ///< an absolute path
  unsigned baud = 9600;
  serial_parity parity = serial_parity::none;
  unsigned bits = 8;
  unsigned stop = 1;
  serial_flow flow = serial_flow::none;
  friend bool operator==(const serial_address&, const serial_address&) = default;
};

/// The address of an instrument.
using line_address = std::variant<tcp_address, serial_address>;

/// The reason why a text is not an address.
struct line_address_fault {
  std::string message;
};

/// Parses `tcp://HOST:PORT` or `serial:///dev/NAME?baud=115200&parity=none&bits=8&stop=1&flow=none`.
result<line_address, line_address_fault> parse_line_address(std::string_view text);

/// Returns the address with all its settings, so that the text is the same for the same instrument with
/// the same settings.
std::string to_string(const line_address& at);
/// Returns the address without its settings, for messages to people.
std::string short_name(const line_address& at);

}  // namespace mqcoap
