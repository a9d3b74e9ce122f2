#include <mqcoap/config/yaml_reader.hpp>
#include <mqcoap/settings/scalar.hpp>
#include <regex>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::config;

namespace {

std::string shown(const std::string& path) {
  auto result = show_settings(path);
  std::string message;
  for (const auto& d : result.diagnostics) message += to_string(d);
  REQUIRE_MESSAGE(result.yaml.has_value(), message);
  return *std::move(result.yaml);
}

}  // namespace

TEST_CASE("the shown configuration contains every default, and only keys that are in effect") {
  const test::temporary_folder folder;
  const auto file = folder.write("a.yaml", R"(version: 1
devices:
  GW_1:
    description: "8 bit: wide"
    resources:
      gains: {value: [0, {a: 'true', b: ~}, 1.5, "0.3.1"], methods: [GET]}
      shots: {collection:}
      probe/**: {proxy: DEV_1/axuv}
proxy:
  routes:
    - name: ard
      match: {tag: "A*"}
)");
  CHECK(shown(file) == R"(version: 1
brokers:
  default:
    url: mqtt://localhost:1883
    protocol: auto
    keepalive: 10s
    qos: 0
defaults:
  namespace: gf_int_v1
  timeout: 4s
  validation: strict
templates: {}
devices:
  GW_1:
    description: "8 bit: wide"
    resources:
      gains:
        value: [0, {a: "true", b: null}, 1.5, 0.3.1]
        methods: [GET]
      shots:
        collection:
          max: 1000
      probe/**:
        proxy: DEV_1/axuv
proxy:
  routes:
    - name: ard
      match:
        tag: A*
        subsystem: "*"
        path: "**"
        methods: [GET, POST, PUT, DELETE]
      to: {}
      serve: false
      in_flight: 1
      queue: 1000
      wire: full
limits:
  payload: 256KiB
  depth: 32
  path: 255B
  in_flight: 1024
  handler_timeout: 10s
  exec: 4
logging:
  level: info
  target: auto
  body: 80
state: {}
http: off
)");
}

TEST_CASE("every good configuration is shown as a configuration that is shown in the same way") {
  const test::temporary_folder folder;
  folder.write("secret", "s3cret\n");
  for (const auto& entry : std::filesystem::directory_iterator(test::corpus + "good")) {
    if (entry.path().extension() != ".yaml") continue;
    CAPTURE(entry.path().string());
    const auto loaded = load_settings(entry.path().string());
    if (!loaded.value) continue;  // it refers to a missing secret
    const auto once = shown(entry.path().string());
    node_arena arena;
    report faults;
    CHECK(loaded.value->shown == to_json(*read_default(once, arena), faults));
    CHECK(once.find("include:") == std::string::npos);
    // The places of keys are only known the first time.
    CHECK(shown(folder.write("again.yaml", once)) ==
          std::regex_replace(once, std::regex("  # with keys of [^\n]*"), ""));
  }
}

TEST_CASE("the values of header fields are masked, and their names are shown") {
  const test::temporary_folder folder;
  folder.write("secret", "s3cret\n");
  const auto text = shown(folder.write("a.yaml", R"(version: 1
devices:
  A:
    resources:
      a: {http: {url: "http://b.lab", headers: {Authorization: {file: secret}, X-Lab: bay3}}}
      b: {http: {url: "http://b.lab", headers: {}}}
)"));
  for (const char* word : {"s3cret", "bay3"}) CHECK(text.find(word) == std::string::npos);
  CHECK(text.find("Authorization: \"***\"\n") != std::string::npos);
  CHECK(text.find("X-Lab: \"***\"\n") != std::string::npos);
  CHECK(text.find("headers: {}\n") != std::string::npos);
}

TEST_CASE("secrets are masked wherever they come from") {
  const test::temporary_folder folder;
  folder.write("secret", "s3cret\n");
  const test::environment_variable token("MQCOAP_TEST_TOKEN", "t0ken");
  const auto text = shown(folder.write("a.yaml", R"(version: 1
brokers:
  lab: {url: mqtt://a, username: u, password: {file: secret}}
  far: {url: mqtt://b, username: u, password: l1teral}
proxy:
  routes:
    - {name: r, to: {broker: far}, token: {env: MQCOAP_TEST_TOKEN}}
)"));
  for (const char* word : {"s3cret", "l1teral", "t0ken"}) CHECK(text.find(word) == std::string::npos);
  CHECK(text.find("password: \"***\"") != std::string::npos);
  CHECK(text.find("token: \"***\"") != std::string::npos);
}

TEST_CASE("characters that control a terminal are shown as escapes that can be loaded again") {
  const test::temporary_folder folder;
  const std::string value = R"("x\x7fy\N\x9bz\u202e\u2069\u200fend\e\n")";
  const auto file =
      folder.write("a.yaml", "version: 1\ndevices: {A: {resources: {a: {value: " + value + "}}}}\n");
  const auto once = shown(file);
  const std::string escaped = R"("x\u007fy\u0085\u009bz\u202e\u2069\u200fend\u001b\n")";
  CHECK_MESSAGE(once.find("value: " + escaped + '\n') != std::string::npos, once);
  const auto again = folder.write("again.yaml", once);
  CHECK(shown(again) == once);
  CHECK(test::load_good(again).shown == test::load_good(file).shown);
}

TEST_CASE("an invalid file is not shown, and its faults are reported") {
  const test::temporary_folder folder;
  const auto result = show_settings(folder.write("a.yaml", "version: 1\ndevizes: {}\n"));
  CHECK_FALSE(result.yaml.has_value());
  CHECK(result.diagnostics.size() == 1);
}

TEST_CASE("the section http is shown, be it a map or a word") {
  const test::temporary_folder folder;
  const auto on = folder.write("on.yaml", "version: 1\nhttp: {}\n");
  CHECK(shown(on).ends_with("http:\n  listen: 127.0.0.1:8720\n"));
  const auto elsewhere = folder.write("at.yaml", "version: 1\nhttp: {listen: '[::1]:1'}\n");
  CHECK(shown(elsewhere).ends_with("http:\n  listen: \"[::1]:1\"\n"));
}

TEST_CASE("settings have what is shown as JSON, too, without its secrets") {
  const test::temporary_folder folder;
  folder.write("secret", "tell-nobody\n");
  const auto file = folder.write("a.yaml", R"(version: 1
brokers: {lab: {url: mqtt://localhost, username: me, password: {file: secret}}}
devices: {A: {resources: {big: {value: 18446744073709551615}}}}
)");
  const auto s = test::load_good(file);
  const auto text = std::string(s.shown.text());
  CHECK(text.find("tell-nobody") == std::string::npos);
  const auto shown = s.shown.value();
  CHECK(shown.at("brokers").at("lab").at("password") == "***");
  CHECK(shown.at("devices").at("A").at("resources").at("big").at("value") == 18446744073709551615ull);
  CHECK(shown.at("http") == "off");
}
