#pragma once

#include <mqcoap/protocol/name.hpp>
#include <string>
#include <string_view>

namespace mqcoap::cli {

/// A pattern of addresses, written as `TAG[/SUBSYSTEM[/PATH]]`. Tag and subsystem may contain `*` and `?`; in
/// the path, `*` matches one segment and a final `**` all further segments.
struct address_pattern {
  std::string tag = "*";
  std::string subsystem = "*";
  std::string path = "**";

  /// Parses a pattern. @throws usage_failure
  static address_pattern parse(std::string_view text);

  /// @param path_key  without a leading slash
  bool matches(std::string_view tag_name, std::string_view subsystem_name, std::string_view path_key) const;

  /// Returns the narrowest MQTT filter that matches all matching addresses. Topics contain no paths.
  /// @param kind  `request` or `response`
  std::string filter(const namespace_name& ns, std::string_view kind) const;
};

}  // namespace mqcoap::cli
