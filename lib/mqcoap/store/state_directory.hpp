#pragma once

#include <string>

namespace mqcoap::store {

/// The directory of the state of one gateway, locked while this exists (flock(2)).
class state_directory {
 public:
  /// @par Errors  Throws `storage_fault` if there is no such directory, if it cannot be written, or if
  /// another process holds it.
  explicit state_directory(std::string path);
  ~state_directory();
  state_directory(const state_directory&) = delete;
  state_directory& operator=(const state_directory&) = delete;

  const std::string& path() const noexcept { return path_; }
  std::string database() const;
  /// Gives the database another name, with what belongs to it, and returns that name.
  /// @param suffix  what is appended
  std::string set_aside(const std::string& suffix) const;

 private:
  const std::string path_;
  int lock_ = -1;
};

}  // namespace mqcoap::store
