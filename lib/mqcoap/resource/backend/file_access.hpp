#pragma once

#include <cstddef>
#include <mqcoap/resource/backend/backend.hpp>
#include <string>
#include <string_view>

// Files as a resource reads and writes them: regular ones only, each call bounded. These functions block, and
// are for a thread that may (backend_services::run_blocking).
namespace mqcoap {

/// Where a file is looked for.
struct file_place {
  std::string folder;  ///< a path is looked for beneath it, and follows no link (openat2(2)); empty: anywhere
  std::string path;    ///< absolute, or beneath the folder
};

/// Gives the bytes of a file, read to its end: files in /sys and /proc have no size. 404 if there is none,
/// 403 for what is no regular file or leads out of the folder, 500 for one that is larger than `most` or
/// cannot be read.
backend_reply read_file(const file_place& at, std::size_t most);

/// Writes a file, which is made if there is none.
/// @param atomic  others see the old file or the new one, which replaces it when its bytes are on the disk.
///   Not for /sys. Without it, a full disk leaves a truncated file.
backend_reply write_file(const file_place& at, std::string_view bytes, bool atomic);

}  // namespace mqcoap
