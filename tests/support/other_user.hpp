#pragma once

#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace mqcoap::test {

/// Lets the calling thread access files without the privileges of root, to whom the kernel denies nothing,
/// during its lifetime. Has no effect if the tests do not run as root.
class other_user {
 public:
  static constexpr uid_t id = 65534;  ///< nobody

  other_user() : before_(static_cast<uid_t>(::setfsuid(::geteuid() == 0 ? id : ::geteuid()))) {}
  other_user(const other_user&) = delete;
  other_user& operator=(const other_user&) = delete;
  ~other_user() { ::setfsuid(before_); }

  /// Makes a folder that this user owns, below one that it may search from now on.
  static void make_folder(const std::string& path) {
    namespace fs = std::filesystem;
    fs::create_directory(path);
    if (::geteuid() != 0) return;
    fs::permissions(fs::path(path).parent_path(), fs::perms::group_exec | fs::perms::others_exec,
                    fs::perm_options::add);
    if (::chown(path.c_str(), id, id) != 0) throw std::filesystem::filesystem_error("chown", path, {});
  }

 private:
  const uid_t before_;
};

}  // namespace mqcoap::test
