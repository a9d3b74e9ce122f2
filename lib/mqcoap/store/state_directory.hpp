#pragma once

#include <string>

namespace mqcoap::store {

/// The directory of the state of one gateway, locked during the lifetime of this object (flock(2)).
class state_directory {
 public:
  /// @par Errors  Throws `storage_fault` if the directory does not exist, cannot be written, or is locked by
  ///   another process.
  explicit state_directory(std::string path);
  ~state_directory();
  state_directory(const state_directory&) = delete;
  state_directory& operator=(const state_directory&) = delete;

  const std::string& path() const noexcept { return path_; }
  std::string database() const;
  /// Renames the database and its associated files, and returns the new name.
  /// @param suffix  what is appended
  std::string set_aside(const std::string& suffix) const;

 private:
  const std::string path_;
  int lock_ = -1;
};

}  // namespace mqcoap::store
