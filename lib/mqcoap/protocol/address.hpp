#pragma once

#include <mqcoap/base/errc.hpp>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/protocol/resource_path.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// The target of a request, written `TAG/SUBSYSTEM/PATH` everywhere (docs/protocol.md, "Proxying").
struct address {
  device_tag tag;
  subsystem_name subsystem;
  resource_path path;

  /// Parses an address; one leading slash is ignored.
  /// @par Errors  errc::invalid_address
  static result<address> parse(std::string_view text, std::size_t path_limit = resource_path::default_limit);
  std::string to_string() const;
  friend bool operator==(const address&, const address&) = default;
};

/// Parses an address that is written in the program. Throws std::invalid_argument, which quotes the text, if
/// it is not an address.
address make_address(std::string_view text);

}  // namespace mqcoap
