#pragma once

#include <mqcoap/protocol/name.hpp>
#include <string>
#include <string_view>

namespace mqcoap::cli {

/// Which exchanges are meant, written `TAG[/SUBSYSTEM[/PATH]]`: `*` and `?` in tag and subsystem, `*` for one
/// segment of the path and a last `**` for all that follows.
struct address_pattern {
  std::string tag = "*";
  std::string subsystem = "*";
  std::string path = "**";

  /// @throws usage_failure
  static address_pattern parse(std::string_view text);

  /// @param path_key  without a leading slash
  bool matches(std::string_view tag_name, std::string_view subsystem_name, std::string_view path_key) const;

  /// The narrowest MQTT filter that lets all of them through; a path is in no topic.
  /// @param kind  `request` or `response`
  std::string filter(const namespace_name& ns, std::string_view kind) const;
};

}  // namespace mqcoap::cli
