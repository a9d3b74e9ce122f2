#include <doctest/doctest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/transport/mosquitto_link.hpp>
#include <mqcoap/transport/tls_authorities.hpp>
#include <string>
#include <support/certificates.hpp>
#include <support/programs.hpp>

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

constexpr char file_variable[] = "MQCOAP_TEST_READ_LAST";

/// Reads authorities at exit, like a thread that nobody waits for. Terminates the program if that fails.
void read_last() {
  const auto* file = ::getenv(file_variable);
  if (file != nullptr && !read_authorities({.ca_file = file})->fault.message.empty()) ::_exit(1);
}

/// Registered before `main`, and so before OpenSSL is initialized: handlers that are registered
/// first run last.
[[maybe_unused]] const int registered = std::atexit(read_last);

}  // namespace

// Each of these runs in a separate program, in which OpenSSL has not been initialized.
TEST_CASE("a program whose link starts OpenSSL" * doctest::skip()) {
  boost::asio::io_context loop;
  const system_clock time;
  const mosquitto_link l(loop.get_executor(), time, link_options{});
}
TEST_CASE("a program that reads authorities first" * doctest::skip()) {
  CHECK(read_authorities({})->fault.message.empty());
}

TEST_CASE("authorities can be read until the very end of the program") {
  std::string program;
  SUBCASE("a link came first") { program = "a program whose link starts OpenSSL"; }
  SUBCASE("authorities came first") { program = "a program that reads authorities first"; }
  const certificates made;
  ::setenv(file_variable, made.ca_file().c_str(), 1);
  CHECK_NOTHROW(run_program(std::filesystem::read_symlink("/proc/self/exe").string(),
                            {"--no-skip", "--test-case=" + program}));
  ::unsetenv(file_variable);
}
