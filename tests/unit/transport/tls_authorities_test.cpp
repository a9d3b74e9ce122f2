#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <mqcoap/transport/tls_authorities.hpp>
#include <support/certificates.hpp>

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

/// Uses a file of the test as the system's authorities during its lifetime.
struct authorities_fixture {
  certificates made;
  std::string bundle = made.write("");

  authorities_fixture() {
    copy(made.ca_file());
    ::setenv("SSL_CERT_FILE", bundle.c_str(), 1);
  }
  ~authorities_fixture() { ::unsetenv("SSL_CERT_FILE"); }

  void copy(const std::string& from) {
    std::filesystem::copy_file(from, bundle, std::filesystem::copy_options::overwrite_existing);
  }
};

}  // namespace

TEST_CASE_FIXTURE(authorities_fixture,
                  "authorities are read once, for all who trust the same, until they change") {
  tls_options options;
  bool by_rename = false;
  SUBCASE("of the system") {
    SUBCASE("changed in place") {}
    SUBCASE("changed by a rename") { by_rename = true; }
  }
  SUBCASE("of a file") {
    options.ca_file = bundle;
    SUBCASE("changed in place") {}
    SUBCASE("changed by a rename") { by_rename = true; }
  }
  CHECK(find_authorities(options) == nullptr);
  const auto first = read_authorities(options);
  CHECK(first->fault.message.empty());
  CHECK(read_authorities(options) == first);
  CHECK(find_authorities(options) == first);
  const auto renewed = made.make_authority().cert_file;
  if (by_rename)
    std::filesystem::rename(renewed, bundle);
  else
    copy(renewed);
  CHECK(find_authorities(options) == nullptr);
  CHECK(read_authorities(options) != first);
}

TEST_CASE_FIXTURE(authorities_fixture,
                  "a system without a file of authorities is no fault, and not looked for again") {
  std::filesystem::remove(bundle);
  const auto none = read_authorities({});
  CHECK(none->fault.message.empty());
  CHECK(find_authorities({}) == none);
  copy(made.ca_file());
  CHECK(find_authorities({}) == nullptr);
}

TEST_CASE_FIXTURE(authorities_fixture, "a file that cannot be used is a fault, and tried again") {
  const tls_options options{.ca_file = made.write("no certificate")};
  CHECK_FALSE(read_authorities(options)->fault.message.empty());
  CHECK(find_authorities(options) == nullptr);
  std::filesystem::copy_file(made.ca_file(), options.ca_file,
                             std::filesystem::copy_options::overwrite_existing);
  CHECK(read_authorities(options)->fault.message.empty());
}
