#include <mqcoap/resource/backend/file_access.hpp>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <mqcoap/base/units.hpp>
#include <mqcoap/resource/backend/descriptor.hpp>
#include <system_error>
#include <utility>

namespace mqcoap {
namespace {

backend_reply forbidden(std::string why) {
  return backend_reply::error(response_code::forbidden, std::move(why));
}
backend_reply broken(const std::string& what, int error) {
  return backend_reply::error(response_code::internal_server_error,
                              what + ": " + std::generic_category().message(error));
}
/// Returns 403 if the system denies access, else 500. Precondition: nothing has been changed.
backend_reply failed(const std::string& what, int error) {
  const bool is_denied = error == EACCES || error == EPERM || error == EROFS;
  return is_denied ? forbidden(what + ": " + std::generic_category().message(error)) : broken(what, error);
}

/// Returns true if a path is absolute, or has segments that make it lead elsewhere than it seems. The kernel
/// would keep such a path beneath the folder all the same.
bool leads_astray(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.find('\0') != std::string_view::npos) return true;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto segment = path.substr(begin, end - begin);
    if (segment.empty() || segment == "." || segment == "..") return true;
    begin = end + 1;
  }
  return false;
}

int open_at(int folder, const char* path, int flags, std::uint64_t resolve) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if ((flags & O_CREAT) != 0) how.mode = 0644;
  how.resolve = resolve;
  return static_cast<int>(::syscall(SYS_openat2, folder, path, &how, sizeof how));
}

backend_reply no_such_file() {
  return backend_reply::error(response_code::not_found, "there is no such file");
}
backend_reply no_such_folder() {
  return backend_reply::error(response_code::not_found, "there is no such folder");
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

/// Returns true if a file cannot be created because its folder does not exist. In /proc the same error has
/// other reasons.
bool lacks_folder(const std::string& path) {
  return ::faccessat(AT_FDCWD, folder_of(path).c_str(), F_OK, AT_EACCESS) != 0 &&
         (errno == ENOENT || errno == ENOTDIR);
}

/// Opens a file; returns -1 and sets `why` if that fails.
int open_file(const file_place& at, int flags, backend_reply& why) {
  int opened = -1;
  if (at.folder.empty()) {
    opened = open_at(AT_FDCWD, at.path.c_str(), flags, RESOLVE_NO_MAGICLINKS);
  } else {
    if (leads_astray(at.path)) {
      why = forbidden("the path is invalid, or leads out of the folder");
      return -1;
    }
    const descriptor folder(::open(at.folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder) {
      why = failed("the folder cannot be opened", errno);
      return -1;
    }
    opened = open_at(*folder, at.path.c_str(), flags,
                     RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
  }
  if (opened >= 0) return opened;
  switch (const int error = errno) {
    case ENOENT:
    case ENOTDIR:
      why = (flags & O_CREAT) != 0 && lacks_folder(at.path) ? no_such_folder() : no_such_file();
      break;
    case ELOOP:
    case EXDEV: why = forbidden("the path contains a symbolic link, or leads out of the folder"); break;
    case EISDIR:
    case ENXIO:
    case ENODEV: why = forbidden("it is not a regular file"); break;
    default: why = failed("it cannot be opened", error); break;
  }
  return -1;
}

bool is_regular(int file, backend_reply& why) {
  struct stat seen {};
  if (::fstat(file, &seen) != 0) {
    why = failed("it cannot be read", errno);
    return false;
  }
  if (!S_ISREG(seen.st_mode)) {
    why = forbidden("it is not a regular file");
    return false;
  }
  return true;
}

/// Returns 0, or the error.
int write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

/// Follows links, so that the target of a link is replaced and not the link.
std::string followed(const std::string& path) {
  std::error_code none;
  const auto target = std::filesystem::canonical(path, none);
  return none ? path : target.string();
}

/// Creates a new file next to the old one, and renames it when its bytes are on the disk.
backend_reply replace_file(const std::string& written, std::string_view bytes) {
  const auto path = followed(written);
  struct stat before {};
  const bool exists = ::stat(path.c_str(), &before) == 0;
  if (exists && !S_ISREG(before.st_mode)) return forbidden("it is not a regular file");
  std::string fresh = path + ".XXXXXX";
  const descriptor file(::mkostemp(fresh.data(), O_CLOEXEC));
  if (const int error = errno; !file)
    return lacks_folder(path) ? no_such_folder() : failed("no file can be created next to it", error);
  int error = write_all(*file, bytes);
  if (error == 0 && ::fchmod(*file, exists ? before.st_mode & 07777U : 0644U) != 0) error = errno;
  if (error == 0 && ::fsync(*file) != 0) error = errno;
  if (error == 0 && ::rename(fresh.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(fresh.c_str());
    return failed("it cannot be written, and is unchanged", error);
  }
  const descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(*folder) != 0)
    return broken("it was written, but may not survive a power failure", errno);
  return backend_reply::done();
}

}  // namespace

std::string folder_of_new_file(const std::string& path) { return folder_of(followed(path)); }

backend_reply read_file(const file_place& at, std::size_t most) {
  backend_reply why;
  const descriptor file(open_file(at, O_RDONLY, why));
  if (!file || !is_regular(*file, why)) return why;
  std::string bytes;
  constexpr std::size_t piece = 4096;
  while (bytes.size() <= most) {
    const auto before = bytes.size();
    bytes.resize(before + piece);
    const auto got = ::read(*file, bytes.data() + before, piece);
    const int error = errno;
    bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && error == EINTR) continue;
    if (got < 0) return failed("it cannot be read", error);
    if (got == 0) return backend_reply::of_text(std::move(bytes));
  }
  return backend_reply::error(response_code::internal_server_error,
                              "the file is larger than " + size_to_string(most));
}

backend_reply write_file(const file_place& at, std::string_view bytes, bool atomic) {
  if (atomic) return replace_file(at.path, bytes);
  backend_reply why;
  const descriptor file(open_file(at, O_WRONLY | O_CREAT, why));
  if (!file || !is_regular(*file, why)) return why;
  // Files in /sys cannot be truncated.
  const bool is_truncated = ::ftruncate(*file, 0) == 0;
  if (!is_truncated && errno != EINVAL) return failed("it cannot be written", errno);
  if (const int error = write_all(*file, bytes))
    return is_truncated ? broken("it cannot be written, and its content may be lost", error)
                        : failed("it cannot be written", error);
  return backend_reply::done();
}

}  // namespace mqcoap
