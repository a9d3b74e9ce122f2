#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::config;

namespace {

std::string with_password(const std::string& password) {
  return "version: 1\nbrokers:\n  lab: {url: mqtt://localhost, username: gateway, password: " + password +
         "}\n";
}

std::string first_message(const load_result& loaded) {
  return loaded.diagnostics.empty() ? "" : loaded.diagnostics.front().message;
}

std::string revealed(const load_result& loaded) {
  REQUIRE_MESSAGE(loaded.value.has_value(), test::all_messages(loaded));
  return std::string(loaded.value->brokers.front().password->reveal());
}

}  // namespace

TEST_CASE("a secret is read from a file next to the configuration, without the line end") {
  const test::temporary_folder folder;
  folder.write("password", "hunter2\n");
  const auto loaded = load_settings(folder.write("mqcoap.yaml", with_password("{file: password}")));
  CHECK(revealed(loaded) == "hunter2");
  CHECK(loaded.diagnostics.empty());
  CHECK(revealed(load_settings(
            folder.write("a.yaml", with_password("{file: " + folder.path("password") + "}")))) == "hunter2");
}

TEST_CASE("a secret has up to 4KiB without the line end of its file") {
  const test::temporary_folder folder;
  const auto config = folder.write("mqcoap.yaml", with_password("{file: password}"));
  for (const std::string end : {"", "\n", "\r\n"}) {
    folder.write("password", std::string(4096, 'x') + end);
    CHECK(revealed(load_settings(config)) == std::string(4096, 'x'));
  }
}

TEST_CASE("a secret file that others may write to is refused") {
  const test::temporary_folder folder;
  const auto config = folder.write("mqcoap.yaml", with_password("{file: password}"));
  for (mode_t mode : {0620, 0602, 0666}) {
    CAPTURE(mode);
    folder.write("password", "hunter2\n", mode);
    const auto loaded = load_settings(config);
    CHECK_FALSE(loaded.value.has_value());
    CHECK(first_message(loaded).starts_with("other users may write to " + folder.path("password") +
                                            " (mode 06"));
    CHECK(loaded.diagnostics.front().hint == "chmod go-w " + folder.path("password"));
  }
  folder.write("password", "hunter2\n", 0640);
  CHECK(load_settings(config).diagnostics.empty());
}

TEST_CASE("a secret file that everybody may read gets a warning") {
  const test::temporary_folder folder;
  const auto config = folder.write("mqcoap.yaml", with_password("{file: password}"));
  folder.write("password", "hunter2\n", 0644);
  const auto loaded = load_settings(config);
  CHECK(revealed(loaded) == "hunter2");
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics.front().level == diagnostic::severity::warning);
  CHECK(first_message(loaded) ==
        "everybody may read " + folder.path("password") + " (mode 0644), which holds a secret");
  CHECK(loaded.diagnostics.front().hint == "chmod o-r " + folder.path("password"));
}

TEST_CASE("a secret in the configuration gets a warning, and none if others may write to it") {
  const test::temporary_folder folder;
  const auto loaded = load_settings(folder.write("mqcoap.yaml", with_password("hunter2")));
  CHECK(revealed(loaded) == "hunter2");
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics.front().level == diagnostic::severity::warning);
  CHECK(loaded.diagnostics.front().message == "a secret is in the configuration itself");

  const auto open = load_settings(folder.write("open.yaml", with_password("hunter2"), 0660));
  CHECK_FALSE(open.value.has_value());
  CHECK(first_message(open) == "other users may write to this file (mode 0660), which holds a secret");

  const auto harmless = load_settings(folder.write("harmless.yaml", "version: 1\n", 0660));
  CHECK(harmless.value.has_value());
}

TEST_CASE("a secret in a configuration that everybody may read gets a warning more") {
  const test::temporary_folder folder;
  const auto path = folder.write("mqcoap.yaml", with_password("hunter2"), 0644);
  const auto loaded = load_settings(path);
  CHECK(revealed(loaded) == "hunter2");
  REQUIRE(loaded.diagnostics.size() == 2);
  CHECK(loaded.diagnostics[0].level == diagnostic::severity::warning);
  CHECK(loaded.diagnostics[0].message == "everybody may read this file (mode 0644), which holds a secret");
  CHECK(loaded.diagnostics[0].hint == "chmod o-r " + path);
  CHECK(loaded.diagnostics[1].message == "a secret is in the configuration itself");
  CHECK(load_settings(folder.write("mqcoap.yaml", "version: 1\n", 0644)).diagnostics.empty());
}

TEST_CASE("a configuration that everybody may write to is refused, with or without a secret") {
  const test::temporary_folder folder;
  for (mode_t mode : {0602, 0666, 0777}) {
    for (const auto& text : {std::string("version: 1\n"), with_password("hunter2")}) {
      const auto path = folder.write("mqcoap.yaml", text, mode);
      const auto loaded = load_settings(path);
      CHECK_FALSE(loaded.value.has_value());
      REQUIRE(loaded.diagnostics.size() == 1);
      CHECK(first_message(loaded).starts_with("everybody may write to this file (mode 0"));
      CHECK(loaded.diagnostics.front().hint == "chmod o-w " + path);
      CHECK_FALSE(show_settings(path).yaml.has_value());
    }
  }
  folder.write("part.yaml", "devices: {}\n", 0666);
  const auto including = load_settings(folder.write("mqcoap.yaml", "version: 1\ninclude: part.yaml\n"));
  CHECK_FALSE(including.value.has_value());
  REQUIRE(including.diagnostics.size() == 1);
  CHECK(including.diagnostics.front().file == folder.path("part.yaml"));
}

TEST_CASE("a secret in an included file is looked at like one in the main file") {
  const test::temporary_folder folder;
  folder.write("part.yaml", with_password("hunter2"), 0620);
  const auto loaded = load_settings(folder.write("mqcoap.yaml", "version: 1\ninclude: part.yaml\n"));
  CHECK_FALSE(loaded.value.has_value());
  CHECK(first_message(loaded) == "other users may write to this file (mode 0620), which holds a secret");
}

TEST_CASE("no diagnostic shows a secret, whatever else is wrong in its line") {
  const test::temporary_folder folder;
  const std::string lines[] = {
      with_password("hunter2, foo: 1"),
      with_password("\"hunter2, x\", foo: 1"),
      with_password("'hunter2''s', foo: 1"),
      "version: 1\nbrokers:\n  lab:\n    password: hunter2, # note\n",
      "version: 1\nbrokers:\n  lab:\n    password: \"hunter2\n",
      "version: 1\nbrokers:\n  lab: {\"password\" : hunter2, password: hunter2}\n",
      "version: 1\nproxy:\n  routes:\n    - {token: hunter2}\n",
      "version: 1\nbrokers:\n  lab: {url: mqtt://gateway:hunter2@localhost}\n",
  };
  for (const auto& text : lines) {
    CAPTURE(text);
    const auto message = test::all_messages(load_settings(folder.write("mqcoap.yaml", text)));
    CHECK_FALSE(message.empty());
    CHECK(message.find("hunter") == std::string::npos);
  }
}

TEST_CASE("a secret comes from the environment or from a credential") {
  const test::temporary_folder folder;
  const test::environment_variable variable("MQCOAP_TEST_PASSWORD", "from-env");
  CHECK(revealed(load_settings(folder.write("env.yaml", with_password("{env: MQCOAP_TEST_PASSWORD}")))) ==
        "from-env");

  const auto config = folder.write("credential.yaml", with_password("{credential: lab-mqtt}"));
  CHECK(first_message(load_settings(config)) == "there are no credentials: CREDENTIALS_DIRECTORY is not set");
  const test::environment_variable credentials("CREDENTIALS_DIRECTORY", folder.path(""));
  CHECK(first_message(load_settings(config)).starts_with("cannot read the secret from "));
  folder.write("lab-mqtt", "from-credential", 0400);
  CHECK(revealed(load_settings(config)) == "from-credential");
}

TEST_CASE("an invalid secret is rejected") {
  const test::temporary_folder folder;
  const auto config = folder.write("mqcoap.yaml", with_password("{file: password}"));
  const auto outcome = [&](const std::string& text) {
    folder.write("password", text);
    return first_message(load_settings(config));
  };
  CHECK(outcome("\n") == "the secret is empty");
  CHECK(outcome("two\nlines\n") == "the secret has more than one line");
  CHECK(outcome(std::string("a\0b", 3)) == "the secret has more than one line");
  CHECK(outcome("\xff") == "the secret is not UTF-8");
  CHECK(outcome(std::string(4097, 'x') + '\n') == "the secret is longer than 4KiB");
  CHECK(outcome(std::string(5000, 'x')) == "the secret is longer than 4KiB");
  CHECK(outcome(std::string(2u << 20, 'x')).ends_with("it is larger than 1MiB"));
  std::filesystem::remove(folder.path("password"));
  std::filesystem::create_directory(folder.path("password"));
  CHECK(first_message(load_settings(config)).ends_with("it is a directory"));
}
