#pragma once

#include <cstddef>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/backend/backend_resource.hpp>
#include <mqcoap/resource/backend/file_access.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

class kind_module;
class resource_site;

/// A file, or the files beneath a folder.
struct file_options {
  static constexpr std::string_view kind_name = "file";

  file_place at;               ///< for a tree, only the folder
  std::size_t most = 1 << 18;  ///< limit in bytes; a larger file gets 500
  bool atomic = false;         ///< a PUT replaces the old file with a new one
  backend_resource_options front;

  method_set offered() const { return front.methods; }
  static bool is_host_bound() noexcept { return true; }
  void make(resource_site& site) const;
  friend bool operator==(const file_options& a, const file_options& b) {
    return a.at.folder == b.at.folder && a.at.path == b.at.path && a.most == b.most && a.atomic == b.atomic &&
           a.front == b.front;
  }
};

/// Returns the kind. In a configuration: `cpu_temp: {file:
/// /sys/class/thermal/thermal_zone0/temp, parse: number}`.
const kind_module& file_kind();

}  // namespace mqcoap
