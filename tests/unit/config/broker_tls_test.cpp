#include <support/certificates.hpp>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::config;
using mqcoap::test::certificates;

namespace {

/// A configuration in a folder with its own certificates.
struct broker_tls_fixture {
  test::temporary_folder folder;
  certificates made;
  certificates::identity own = made.issue("DNS:gateway");

  load_result load(const std::string& tls) const {
    return load_settings(folder.write(
        "mqcoap.yaml", "version: 1\nbrokers:\n  lab:\n    url: mqtts://localhost\n    tls: {" + tls + "}\n"));
  }
  std::string copy(const std::string& name, const std::string& file, mode_t mode = 0600) const {
    return folder.write(name, test::read_file(file), mode);
  }
};

const diagnostic& only(const load_result& loaded) {
  REQUIRE_MESSAGE(loaded.diagnostics.size() == 1, test::all_messages(loaded));
  return loaded.diagnostics.front();
}

}  // namespace

TEST_CASE_FIXTURE(broker_tls_fixture,
                  "TLS files are found relative to the configuration, or by absolute names") {
  copy("ca.pem", made.ca_file());
  copy("gw.pem", own.cert_file);
  copy("gw.key", own.key_file, 0640);
  const auto loaded = load("ca: ca.pem, cert: " + own.cert_file + ", key: gw.key");
  REQUIRE_MESSAGE(loaded.value.has_value(), test::all_messages(loaded));
  CHECK(loaded.diagnostics.empty());
  const auto& tls = loaded.value->brokers.front().tls;
  REQUIRE(tls.has_value());
  CHECK(tls->ca_file == folder.path("ca.pem"));
  CHECK(tls->cert_file == own.cert_file);
  CHECK(tls->key_file == folder.path("gw.key"));
  CHECK(load("cert: gw.pem, key: {file: gw.key}").value->brokers.front().tls->key_file ==
        folder.path("gw.key"));
}

TEST_CASE_FIXTURE(broker_tls_fixture, "a key may be a credential, and its passphrase a secret") {
  copy("gw.pem", own.cert_file);
  const test::environment_variable credentials("CREDENTIALS_DIRECTORY", folder.path(""));
  copy("gw-key", made.encrypt(own.key_file, "open sesame"), 0400);
  folder.write("gw-key-password", "open sesame\n", 0400);
  const auto loaded =
      load("cert: gw.pem, key: {credential: gw-key}, key_password: {credential: gw-key-password}");
  REQUIRE_MESSAGE(loaded.value.has_value(), test::all_messages(loaded));
  CHECK(loaded.value->brokers.front().tls->key_password->reveal() == "open sesame");

  const auto wrong = load("cert: gw.pem, key: {credential: gw-key}, key_password: shibboleth-7");
  CHECK_FALSE(wrong.value.has_value());
  CHECK(test::all_messages(wrong).find("the given password does not decrypt the key in ") !=
        std::string::npos);
  CHECK(test::all_messages(wrong).find("shibboleth") == std::string::npos);

  const auto locked = load("cert: gw.pem, key: {credential: gw-key}");
  CHECK(only(locked).message.ends_with(" is encrypted, and no password is given"));
  CHECK(only(locked).line == 5);
  CHECK(only(locked).key_path == "brokers.lab.tls.key");
  CHECK(only(load("cert: gw.pem, key: {credential: ../gw-key}")).message ==
        "a credential is named by a word, not by a path");
}

TEST_CASE_FIXTURE(broker_tls_fixture, "an error in a TLS file is reported at its key") {
  copy("ca.pem", made.ca_file());
  copy("gw.pem", own.cert_file);
  copy("other.key", made.issue("DNS:other").key_file);
  const auto foreign = load("ca: ca.pem, cert: gw.pem, key: other.key");
  CHECK(only(foreign).key_path == "brokers.lab.tls.key");
  CHECK(only(foreign).message == "the key in " + folder.path("other.key") +
                                     " does not belong to the certificate in " + folder.path("gw.pem"));
  CHECK(only(load("ca: ca.pem, cert: gone.pem, key: other.key")).key_path == "brokers.lab.tls.cert");
  CHECK(only(load("ca: other.key")).key_path == "brokers.lab.tls.ca");
  CHECK(only(load("ca_dir: ca.pem")).key_path == "brokers.lab.tls.ca_dir");
}

TEST_CASE_FIXTURE(
    broker_tls_fixture,
    "a key that others may write to is rejected, one that everybody may read causes a warning") {
  copy("gw.pem", own.cert_file);
  copy("gw.key", own.key_file, 0660);
  const auto open = load("cert: gw.pem, key: gw.key");
  CHECK_FALSE(open.value.has_value());
  CHECK(only(open).message ==
        "other users may write to " + folder.path("gw.key") + " (mode 0660), which holds a secret");
  copy("gw.key", own.key_file, 0644);
  const auto readable = load("cert: gw.pem, key: gw.key");
  CHECK(readable.value.has_value());
  CHECK(only(readable).level == diagnostic::severity::warning);
  CHECK(only(readable).hint == "chmod o-r " + folder.path("gw.key"));
}
