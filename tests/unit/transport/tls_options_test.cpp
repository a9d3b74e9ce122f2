#include <doctest/doctest.h>

#include <mqcoap/transport/tls_options.hpp>
#include <support/certificates.hpp>

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

bool says(const std::string& fault, const std::string& message) {
  CAPTURE(fault);
  CHECK(fault.find(message) != std::string::npos);
  return fault.find(message) != std::string::npos;
}

}  // namespace

TEST_CASE("good files are accepted, and no files at all") {
  certificates made;
  const auto own = made.issue("DNS:gateway");
  CHECK(check({}).empty());
  CHECK(check({.ca_file = made.ca_file()}).empty());
  CHECK(check({.ca_dir = "/etc/ssl"}).empty());
  CHECK(check({.ca_file = made.ca_file(), .cert_file = own.cert_file, .key_file = own.key_file}).empty());
  CHECK(check({.cert_file = own.cert_file,
               .key_file = made.encrypt(own.key_file, "open sesame"),
               .key_password = secret("open sesame")})
            .empty());
  CHECK(check({.alpn = "mqtt"}).empty());
}

TEST_CASE("every fault of the files is reported with the file's name") {
  certificates made;
  const auto own = made.issue("DNS:gateway");
  const auto other = made.issue("DNS:other");
  const auto text = made.write("no PEM at all\n");
  const auto locked = made.encrypt(own.key_file, "open sesame");
  const std::string missing = "/no/such/file.pem";

  CHECK(check({.ca_file = missing}) == "cannot read " + missing + ": No such file or directory");
  CHECK(check({.ca_file = "/etc"}) == "/etc is a directory, not a file");
  CHECK(says(check({.ca_file = text}), text + " holds no certificates in PEM form"));
  CHECK(check({.ca_dir = missing}) == missing + " is not a directory: No such file or directory");
  CHECK(check({.ca_dir = text}) == text + " is not a directory");
  CHECK(check({.cert_file = own.cert_file}) ==
        "the certificate " + own.cert_file + " is given without a key");
  CHECK(check({.key_file = own.key_file}) == "the key " + own.key_file + " is given without a certificate");
  CHECK(check({.cert_file = missing, .key_file = own.key_file}) ==
        "cannot read " + missing + ": No such file or directory");
  CHECK(check({.cert_file = own.cert_file, .key_file = missing}) ==
        "cannot read " + missing + ": No such file or directory");
  CHECK(says(check({.cert_file = text, .key_file = own.key_file}), text + " holds no usable certificate"));
  CHECK(says(check({.cert_file = own.cert_file, .key_file = text}), text + " holds no usable private key"));
  CHECK(check({.cert_file = own.cert_file, .key_file = other.key_file}) ==
        "the key in " + other.key_file + " does not belong to the certificate in " + own.cert_file);
  CHECK(check({.cert_file = own.cert_file, .key_file = locked}) ==
        "the key in " + locked + " is encrypted, and no password is given");
  const auto wrong =
      check({.cert_file = own.cert_file, .key_file = locked, .key_password = secret("hunter2")});
  CHECK(wrong == "the given password does not decrypt the key in " + locked);
  CHECK(says(check({.alpn = std::string(256, 'x')}), "at most 255 bytes"));
}

TEST_CASE("a fault names the option to correct") {
  using enum tls_fault::option;
  certificates made;
  const auto own = made.issue("DNS:gateway");
  const auto locked = made.encrypt(own.key_file, "open sesame");
  const std::string missing = "/no/such/file.pem";
  const auto where = [](const tls_options& options) { return find_fault(options).where; };
  CHECK(find_fault({.ca_file = made.ca_file()}).message.empty());
  CHECK(where({.ca_file = missing}) == ca_file);
  CHECK(where({.ca_dir = missing}) == ca_dir);
  CHECK(where({.cert_file = missing, .key_file = own.key_file}) == cert_file);
  CHECK(where({.cert_file = own.cert_file, .key_file = missing}) == key_file);
  CHECK(where({.cert_file = own.key_file, .key_file = own.key_file}) == cert_file);
  CHECK(where({.cert_file = own.cert_file, .key_file = locked}) == key_file);
  CHECK(where({.cert_file = own.cert_file, .key_file = locked, .key_password = secret("no")}) ==
        key_password);
  CHECK(where({.alpn = std::string(256, 'x')}) == alpn);
}
