#pragma once

#include <cstddef>
#include <mqcoap/resource/backend/backend.hpp>
#include <string>
#include <string_view>

// Functions that read and write regular files for resources. They block: call
// them with backend_services::run_blocking.
namespace mqcoap {

/// The place of a file.
struct file_place {
  std::string
      folder;  ///< the path is resolved beneath it, without links (openat2(2)); empty if it may lead anywhere
  std::string path;  ///< absolute, or relative to the folder
};

/// Returns the bytes of a file, read to its end because files in /sys and /proc have no size. Returns 404 if
/// there is none, 403 if it is not a regular file or the path leads out of the folder, and 500 if it is
/// larger than `most` or cannot be read.
backend_reply read_file(const file_place& at, std::size_t most);

/// Writes a file; creates it if there is none.
/// @param atomic  if true, other processes see the old file or the new one, which replaces it when its bytes
///   are on the disk; not possible for /proc and /sys. If false, a full disk leaves a truncated file.
backend_reply write_file(const file_place& at, std::string_view bytes, bool atomic);

/// Returns the folder in which an atomic write of this absolute path creates the new file: that of the file
/// itself, if the path leads to it through links.
std::string folder_of_new_file(const std::string& path);

}  // namespace mqcoap
