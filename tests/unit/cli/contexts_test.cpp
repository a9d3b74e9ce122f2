#include <doctest/doctest.h>

#include <options/context_edit.hpp>
#include <options/contexts.hpp>
#include <words/failure.hpp>
#include <words/holds.hpp>

#include "support.hpp"
#include "unit/config/support.hpp"

using namespace mqcoap;
using namespace mqcoap::cli;
using namespace std::chrono_literals;

namespace {

std::string fault_of(const std::string& text) {
  const test::temporary_folder folder;
  try {
    const auto file = read_contexts(folder.write("cli.yaml", text));
    for (const auto& c : file.contexts)
      if (!c.faults.empty()) return c.faults;
    return file.preferred_fault;
  } catch (const failure& e) {
    CHECK(e.status() == status_configuration);
    return e.what();
  }
  return {};
}

}  // namespace

TEST_CASE("every key of a context is read") {
  const test::temporary_folder folder;
  const auto file = read_contexts(folder.write("cli.yaml", R"(
default: lab
contexts:
  lab:
    url: mqtts://lab@broker:8884
    username: other
    password_file: p
    token_file: t
    namespace: ns
    timeout: 2s
    qos: 1
    protocol: 3.1.1
    cafile: ca.pem
    capath: certs
    cert: c.pem
    key: k.pem
    insecure: true
  empty: {}
)"));
  CHECK(file.preferred == "lab");
  REQUIRE(file.contexts.size() == 2);
  const auto& lab = *file.find("lab");
  CHECK(lab.url->host == "broker");
  CHECK(lab.url->tls);
  CHECK(lab.username == "other");
  CHECK(lab.password_file == "p");
  CHECK(lab.token_file == "t");
  CHECK(lab.ns->text() == "ns");
  CHECK(lab.timeout == 2s);
  CHECK(lab.qos == 1);
  CHECK(lab.protocol == mqtt_protocol::v311);
  CHECK(lab.tls.ca_file == "ca.pem");
  CHECK(lab.tls.ca_path == "certs");
  CHECK(lab.tls.cert_file == "c.pem");
  CHECK(lab.tls.key_file == "k.pem");
  CHECK(lab.tls.insecure == true);
  CHECK(file.find("lob") == nullptr);
}

TEST_CASE("a missing file contains no contexts") {
  CHECK(read_contexts("").contexts.empty());
  CHECK(read_contexts("/nonexistent/cli.yaml").contexts.empty());
}

TEST_CASE("a file that is empty or has comments only contains no contexts, and gets its first one") {
  for (const std::string begin : {"", "\n", "# mine\n", "---\n", "\xef\xbb\xbf# mine\n"}) {
    CAPTURE(begin);
    CHECK(parse_contexts("cli.yaml", begin).contexts.empty());
    const auto first = with_context(begin, "lab", {{"url", "mqtt://h"}});
    REQUIRE(first.has_value());
    REQUIRE(parse_contexts("cli.yaml", *first).find("lab") != nullptr);
  }
}

TEST_CASE("faults are reported with line, column and a hint") {
  CHECK(holds(fault_of("contexts:\n  lab:\n    ulr: mqtt://h\n"), "cli.yaml:3:5: error"));
  CHECK(holds(fault_of("contexts:\n  lab:\n    ulr: mqtt://h\n"), "did you mean 'url'?"));
  CHECK(holds(fault_of("default: lob\ncontexts: {lab: {}}\n"), "there is no context 'lob'"));
  CHECK(holds(fault_of("contexts: {lab: {url: broker}}\n"), "no scheme"));
  CHECK(holds(fault_of("contexts: {lab: {password: hunter2}}\n"), "password_file"));
  CHECK(holds(fault_of("contexts: {lab: {timeout: 5}}\n"), "unit"));
  CHECK(holds(fault_of("contexts: {lab: {timeout: 5}}\n"), "5s?"));
  CHECK(holds(fault_of("contexts: {lab: {timeout: 2m}}\n"), "2min?"));
  CHECK(holds(fault_of("contexts: {lab: {timeout: 5 s}}\n"), "5s?"));
  CHECK(holds(fault_of("contexts: [\n"), "error"));
  CHECK_FALSE(holds(fault_of("contexts: {lab: {url: 'mqtt://u:hunter2@h'}}\n"), "refused: hunter2"));
}

TEST_CASE("an invalid context prevents only its own use") {
  const test::temporary_folder folder;
  const auto path =
      folder.write("cli.yaml", "contexts:\n  bad: {ulr: x}\n  lab: {url: mqtt://h, namespace: lab_v1}\n");
  const auto with_default = folder.write("default.yaml", "default: bad\ncontexts:\n  bad: {ulr: x}\n");
  const auto broken = folder.write("broken.yaml", "contexts: [\n");
  std::vector<std::string> warned;
  const auto layer = [&](const std::string& file, const context_choice& choice) {
    return context_layer(file, choice, [&](const std::string& why) { warned.push_back(why); });
  };
  CHECK(layer(path, {"lab", false}).ns->text() == "lab_v1");
  CHECK_THROWS_AS(layer(path, {"bad", false}), failure);
  CHECK_THROWS_AS(layer(path, {"bad", true}), failure);
  CHECK_THROWS_AS(layer(path, {"lob", true}), usage_failure);
  CHECK(warned.empty());
  CHECK_FALSE(layer(path, {{}, true}).broker.has_value());
  CHECK(warned.empty());
  // No broker is named and no context is the default, so the user may have meant the faulty one.
  CHECK_FALSE(layer(path, {{}, false}).broker.has_value());
  REQUIRE(warned.size() == 1);
  CHECK(holds(warned[0], "context bad is ignored"));
  CHECK(holds(warned[0], "did you mean 'url'?"));
  warned.clear();
  CHECK_THROWS_AS(layer(with_default, {{}, false}), failure);
  CHECK_FALSE(layer(with_default, {{}, true}).broker.has_value());
  CHECK_FALSE(layer(broken, {{}, true}).broker.has_value());
  REQUIRE(warned.size() == 2);
  CHECK(holds(warned[0], "did you mean 'url'?"));
  CHECK_THROWS_AS(layer(broken, {{}, false}), failure);
}

TEST_CASE("if another broker is named, the broker of the context is not read") {
  const test::temporary_folder folder;
  const auto path = folder.write(
      "cli.yaml", "default: lab\ncontexts: {lab: {url: mqtt://h, password_file: gone, namespace: lab_v1}}\n");
  const auto layer = context_layer(path, {{}, true}, [](const std::string&) { FAIL("warned"); });
  CHECK_FALSE(layer.broker.has_value());
  CHECK(layer.ns->text() == "lab_v1");
}

TEST_CASE("where cli.yaml is") {
  using env = test::made_up_environment;
  CHECK(contexts_path(env({{"XDG_CONFIG_HOME", "/x"}, {"HOME", "/h"}})) == "/x/mqcoap/cli.yaml");
  CHECK(contexts_path(env({{"XDG_CONFIG_HOME", "relative"}, {"HOME", "/h"}})) ==
        "/h/.config/mqcoap/cli.yaml");
  const std::map<std::string, std::string> home{{"HOME", "/h"}};
  CHECK(contexts_path(env(home)) == "/h/.config/mqcoap/cli.yaml");
  CHECK(contexts_path(env(std::map<std::string, std::string>{})).empty());
}
