#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::test {

/// Returns the path of a program. Debian installs some outside of a user's PATH.
/// @throws std::runtime_error if it is not installed
std::filesystem::path find_program(std::string_view name);

/// Runs a program without a shell and waits for it. @throws std::runtime_error with its output, if it fails
void run_program(std::string_view name, const std::vector<std::string>& arguments);

/// A directory that is deleted together with its contents.
class temporary_directory {
 public:
  temporary_directory();
  ~temporary_directory();
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }
  std::string file(std::string_view name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace mqcoap::test
