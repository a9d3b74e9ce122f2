#include <doctest/doctest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <mqcoap/resource/backend/place_check.hpp>
#include <string>

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
            .ends_with("cannot be read or written: No such file or directory"));
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

TEST_CASE("a file that a write replaces needs a folder that can be written, not a file that can be") {
  // The kernel lets nobody create a file there, not even root, as whom the tests may run.
  CHECK(fault({place::file, "/proc/sys/kernel/hostname", true, true, true})
            .starts_with("the file '/proc/sys/kernel/hostname' cannot be read or written: "));
  CHECK(fault({place::file, "/proc/sys/kernel/hostname", true, false, true}) == "none");
  const test::temporary_folder folder;
  const auto path = folder.path("setpoint");
  CHECK(fault({place::file, path, true, true, true}) == "none");
  std::ofstream(path) << "5";
  CHECK(fault({place::file, path, true, true, true}) == "none");
  std::filesystem::create_symlink("/proc/sys/kernel/hostname", folder.path("link"));
  CHECK(fault({place::file, folder.path("link"), true, true, true}) != "none");
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
