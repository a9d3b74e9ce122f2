#pragma once

#include <cstdint>
#include <mqcoap/resource/resource_site.hpp>
#include <optional>
#include <string>

namespace mqcoap {

/// A file, folder, port or program that a resource needs.
struct needed_place {
  enum class kind : std::uint8_t { file, folder, serial_port, program };
  kind what = kind::file;
  std::string path;
  bool is_read = true;
  bool is_written = false;   ///< a file that does not exist is created
  bool is_replaced = false;  ///< a write creates a new file, which takes the place of the old one
};

/// Returns why a place cannot be used, and names the drop-in of the unit that would change it; nothing if it
/// can be used. Does not open it, because a board may restart when its port is opened. May block on the
/// file system.
/// @param is_service  true if this process is confined by the unit
std::optional<std::string> find_place_fault(const needed_place& place, bool is_service);

/// Returns the hint for an error (errno) of a place, with `; ` before it; empty if no drop-in would help.
std::string drop_in_hint(const needed_place& place, int error, bool is_service);

/// Returns true if systemd has started this process as a service.
bool is_systemd_service();

/// Logs a warning if a resource's place cannot be used at present. Does not block.
void warn_of_unusable(const needed_place& place, const resource_site& at);

}  // namespace mqcoap
