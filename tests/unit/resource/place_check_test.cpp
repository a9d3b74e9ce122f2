#include <doctest/doctest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <mqcoap/resource/backend/place_check.hpp>
#include <string>

#include "support/other_user.hpp"
#include "unit/config/support.hpp"

using namespace mqcoap;
using place = needed_place::kind;

namespace {

std::string fault(const needed_place& of, bool is_service = false) {
  return find_place_fault(of, is_service).value_or("none");
}

std::string hint(place what, const std::string& path, int error) {
  const auto message = drop_in_hint({what, path}, error, true);
  const auto begin = message.find("drop-in ");
  return begin == std::string::npos ? message
                                    : message.substr(begin + 8, message.find(' ', begin + 8) - begin - 8);
}

}  // namespace

TEST_CASE("a file that is there, or can be made, is no fault") {
  const test::temporary_folder folder;
  const auto path = folder.path("setpoint");
  CHECK(fault({place::file, path}) == "the file '" + path + "' cannot be read: No such file or directory");
  CHECK(fault({place::file, path, true, true}) == "none");
  CHECK(fault({place::file, folder.path("none/setpoint"), true, true})
            .ends_with("cannot be written: no file can be created in its folder: No such file or directory"));
  std::ofstream(path) << "5";
  CHECK(fault({place::file, path}) == "none");
  CHECK(fault({place::folder, path}) == "the folder '" + path + "' cannot be read: Not a directory");
  CHECK(fault({place::folder, folder.path(".")}) == "none");
}

TEST_CASE("what is no regular file is a fault before it is used") {
  const test::temporary_folder folder;
  const auto itself = folder.path(".");
  CHECK(fault({place::file, itself}) == "the file '" + itself + "' is not a regular file");
  CHECK(fault({place::file, "/dev/null", true, true}) == "the file '/dev/null' is not a regular file");
}

TEST_CASE(
    "a file that a write replaces needs a folder in which one can be created, not a file that can be "
    "written") {
  namespace fs = std::filesystem;
  const test::temporary_folder folder;
  test::other_user::make_folder(folder.path("box"));
  const auto path = folder.path("box/setpoint");
  const auto found = [&](bool is_replaced) {
    const test::other_user without_privileges;
    return fault({place::file, path, true, true, is_replaced});
  };
  CHECK(found(true) == "none");
  std::ofstream(path) << "5";
  fs::permissions(path, fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);
  CHECK(found(true) == "none");
  CHECK(found(false).ends_with("cannot be read or written: Permission denied"));
  fs::permissions(path, fs::perms::group_write | fs::perms::others_write | fs::perms::owner_write,
                  fs::perm_options::add);
  fs::permissions(folder.path("box"), fs::perms::owner_read | fs::perms::owner_exec);
  CHECK(found(false) == "none");
  CHECK(found(true) ==
        "the file '" + path + "' cannot be written: no file can be created in its folder: Permission denied");
  fs::create_symlink("box/setpoint", folder.path("link"));
  {
    const test::other_user without_privileges;
    CHECK(fault({place::file, folder.path("link"), true, true, true}) != "none");
  }
  fs::permissions(folder.path("box"), fs::perms::owner_all);
}

TEST_CASE("a missing serial port is reported") {
  CHECK(fault({place::serial_port, "/dev/no-such-port", true, true}) ==
        "the serial port '/dev/no-such-port' cannot be opened: No such file or directory");
  CHECK(fault({place::serial_port, "/dev/no-such-port", true, true}, true) ==
        "the serial port '/dev/no-such-port' cannot be opened: No such file or directory; the unit's "
        "restrictions may "
        "be the reason: see the drop-in serial.conf in /usr/share/doc/mqcoapd/examples");
}

TEST_CASE("a drop-in is named where the unit may be the reason, and nowhere else") {
  CHECK(hint(place::serial_port, "/dev/ttyACM0", ENOENT) == "serial.conf");
  CHECK(hint(place::serial_port, "/dev/ttyACM0", EPERM) == "serial.conf");
  CHECK(hint(place::file, "/var/log/syslog", EACCES) == "files.conf");
  CHECK(hint(place::file, "/srv/lab/x", EROFS) == "files.conf");
  CHECK(hint(place::file, "/proc/uptime", ENOENT) == "files.conf");
  CHECK(hint(place::folder, "/tmp/lab", ENOENT) == "files.conf");
  CHECK(hint(place::program, "/home/me/fire", EACCES) == "programs.conf");
  CHECK(hint(place::file, "/srv/lab/x", ENOENT).empty());
  CHECK(hint(place::file, "/homeless/x", ENOENT).empty());
  CHECK(hint(place::program, "fire", ENOENT).empty());
  CHECK(drop_in_hint({place::file, "/proc/uptime"}, ENOENT, false).empty());
}
