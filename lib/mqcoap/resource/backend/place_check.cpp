#include <mqcoap/resource/backend/place_check.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/resource/backend/backend_services.hpp>
#include <mqcoap/resource/backend/file_access.hpp>
#include <string_view>
#include <system_error>
#include <utility>

namespace mqcoap {
namespace {

using place_kind = needed_place::kind;

constexpr std::size_t longest_place = 200;

std::string_view name_of_place(place_kind what) {
  switch (what) {
    case place_kind::folder: return "the folder";
    case place_kind::serial_port: return "the serial port";
    case place_kind::program: return "the program";
    case place_kind::file: break;
  }
  return "the file";
}

std::string_view drop_in_for(place_kind what) {
  switch (what) {
    case place_kind::serial_port: return "serial.conf";
    case place_kind::program: return "programs.conf";
    default: return "files.conf";
  }
}

/// Returns true for paths that the unit may hide, so that they seem not to exist (ProtectHome=, PrivateTmp=,
/// PrivateDevices=, ProcSubset=).
bool is_hidden_by_unit(std::string_view path) {
  constexpr std::array<std::string_view, 7> hidden{"/dev/", "/home/",     "/proc/",   "/root/",
                                                   "/tmp/", "/run/user/", "/var/tmp/"};
  return std::any_of(hidden.begin(), hidden.end(), [path](auto each) { return path.starts_with(each); });
}

/// Returns errno; 0 if this access is allowed.
int try_access(const std::string& path, int how) {
  return ::faccessat(AT_FDCWD, path.c_str(), how, AT_EACCESS) == 0 ? 0 : errno;
}

/// Returns errno of the place itself; 0 if it can be used.
int find_own_error(const needed_place& place) {
  const bool is_folder = place.what == place_kind::folder;
  const int how = (place.is_read ? R_OK : 0) | (place.is_written && !place.is_replaced ? W_OK : 0) |
                  (is_folder ? X_OK : 0);
  return try_access(is_folder ? place.path + '/' : place.path, how);
}

bool is_other_than_file(const std::string& path) {
  struct stat seen {};
  return ::stat(path.c_str(), &seen) == 0 && !S_ISREG(seen.st_mode);
}

}  // namespace

std::string drop_in_hint(const needed_place& place, int error, bool is_service) {
  const bool is_refused = error == EACCES || error == EPERM || error == EROFS;
  if (!is_service || !(is_refused || (error == ENOENT && is_hidden_by_unit(place.path)))) return {};
  return "; the unit's restrictions may be the reason: see the drop-in " +
         std::string(drop_in_for(place.what)) + " in /usr/share/doc/mqcoapd/examples";
}

std::optional<std::string> find_place_fault(const needed_place& place, bool is_service) {
  const auto name =
      std::string(name_of_place(place.what)) + " '" + log_safe(place.path, longest_place) + '\'';
  if (place.what == place_kind::file && is_other_than_file(place.path))
    return name + " is not a regular file";
  const int error = find_own_error(place);
  const bool is_created =
      place.is_written && place.what == place_kind::file && (place.is_replaced || error == ENOENT);
  if (error != 0 && !(is_created && error == ENOENT)) {
    const bool is_port = place.what == place_kind::serial_port;
    const auto* const verb = is_port ? "opened" : place.is_read ? "read" : "written";
    return name + " cannot be " + verb +
           (place.is_read && place.is_written && !is_port ? " or written" : "") + ": " +
           std::generic_category().message(error) + drop_in_hint(place, error, is_service);
  }
  if (!is_created) return std::nullopt;
  const int denied = try_access(folder_of_new_file(place.path), W_OK | X_OK);
  if (denied == 0) return std::nullopt;
  return name + " cannot be written: no file can be created in its folder: " +
         std::generic_category().message(denied) + drop_in_hint(place, denied, is_service);
}

bool is_systemd_service() {
  const char* const started = std::getenv("SYSTEMD_EXEC_PID");
  return started != nullptr && std::to_string(::getpid()) == started;
}

void warn_of_unusable(const needed_place& place, const resource_site& at) {
  at.services().backends->run_blocking([place, is_service = is_systemd_service(), log = at.services().log,
                                        of = at.device() + ", " + at.path()]() -> std::function<void()> {
    auto fault = find_place_fault(place, is_service);
    if (!fault) return [] {};
    return [log, message = of + ": " + *std::move(fault)] { log(log_level::warning, message); };
  });
}

}  // namespace mqcoap
