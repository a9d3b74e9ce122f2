#include <mqcoap/config/secret_names.hpp>
#include <mqcoap/settings/source_file.hpp>
#include <vector>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::config;

namespace {

/// Returns all texts of the diagnostics, including those that are not shown.
std::string everything(const std::vector<diagnostic>& diagnostics) {
  std::string message;
  for (const auto& d : diagnostics)
    message += to_string(d) + d.key_path + d.message + d.source + d.hint + '\n';
  return message;
}

/// Lines that follow a url and a user below `brokers.lab`, each indented by four; the secret is `hunter2`, or
/// `hun` and `ter2`.
const std::vector<std::string> below_broker = {
    "    password: hunter2\n",
    "    password: 'hunter2'\n",
    "    password: \"hunter2\"\n",
    "    password: \"hun\\\n      ter2\"\n",
    "    password:\n      hunter2\n",
    "    password:\n    hunter2\n",
    "    password:\n\n      # the old one: hunter2\n      hunter2\n",
    "    password: hun\n      ter2\n",
    "    password: \"hun\n      ter2\"\n",
    "    password: 'hun\n\n      ter2'\n",
    "    password: |\n      hunter2\n",
    "    password: >-\n      hun\n      ter2\n",
    "    password: [hunter2]\n",
    "    password: [x,\n      hunter2]\n",
    "    password:\n      - hunter2\n",
    "    password:\n      - hun\n      - ter2\n",
    "    password: {value: hunter2}\n",
    "    password: {hunter2: x}\n",
    "    password: {\"*\": hunter2}\n",
    "    password: {\"**\": hunter2, \"***\": x}\n",
    "    password:\n    ~hunter2: x\n",
    "    password:\n    nullhunter2\n",
    "    password:\n  hunter2\n",
    "    password:\n  hun hunter2: x\n",
    "    password:\n  ~hunter2: x\n",
    "    password:\n  nullhunter2\n",
    "    password:\n  NULL hunter2\n",
    "    password:\n    null, hunter2: x\n",
    "    password:\n    null: hunter2\n",
    "    password: {hunter2}\n",
    "    password: {file: a, text: hunter2}\n",
    "    password:\n      text:\n        is: hunter2\n",
    "    password: {text: {is: [hunter2]}}\n",
    "    pasword: hunter2\n",
    "    passwrod:\n      hunter2\n",
    "    Password: hunter2\n",
    "    PASSWORD: hunter2\n",
    "    pass word: hunter2\n",
    "    passwd: hunter2\n",
    "    pass: hunter2\n",
    "    pwd: hunter2\n",
    "    passphrase: hunter2\n",
    "    secret: hunter2\n",
    "    mqtt_password: hunter2\n",
    "    brokerPassword: hunter2\n",
    "    credentials: {user: u, password: hunter2}\n",
    "    login: {user: u, pass: hunter2}\n",
    "    tokn: hunter2\n",
    "    token: hunter2\n",
    "    \"password\": hunter2\n",
    "    \"pass\\x77ord\": hunter2\n",
    "    ? password\n    : hunter2\n",
    "    password : hunter2\n",
    "    password:hunter2\n",
    "    password=hunter2\n",
    "    password = hunter2\n",
    "    password hunter2\n",
    "    password: &p hunter2\n",
    "    password: &hunter2 x\n",
    "    password: *hunter2\n",
    "    password: !!str hunter2\n",
    "    password: !hunter2 x\n",
    "    <<: {password: hunter2}\n",
    "    password: hunter2: x\n",
    "    password: hunter2 # as on the label\n",
    "    password: x # it was hunter2\n",
    "    keepalive: 1s # password: hunter2\n",
    "    password: \"hunter2\n",
    "    password: 'hunter2\n",
    "    password: {file: hunter2\n",
    "    password: [hunter2\n",
    "    password: hunter2}\n    keepalive: ]\n",
    "    password: @hunter2\n",
    "    password: `hunter2\n",
    "    password: %hunter2\n",
    "    password: \"\\qhunter2\"\n",
    "    password: hunter2\n    password: hunter2\n",
    "    \tpassword: hunter2\n",
    "     password: hunter2\n",
    "   password: hunter2\n",
    "password: hunter2\n",
    "    password: hunter2\n...\n---\npassword: hunter2\n",
    "    password: h\xc3\xbcnter2hunter2\n",
    "    password: h\xfcnter2hunter2\n",
    "    password: \x01hunter2\n",
    "    password: \"\\_hunter2\\N\"\n    keepalive: 1\n",
    "    tls: {key_password: hunter2, key: }\n",
    "    tls: {key: k, key_pasword: hunter2}\n",
    "    tls:\n      key: |\n        -----BEGIN PRIVATE KEY-----\n        hunter2\n",
    "    tls: {key: \"-----BEGIN PRIVATE KEY----- hunter2\"}\n",
    "    url: mqtt://gateway:hunter2@localhost\n",
    "    client_id: password hunter2\n",
};

/// Complete files.
const std::vector<std::string> files = {
    "version: 1\nbrokers: {lab: {url: mqtt://b, username: g, password: hunter2, foo: 1}}\n",
    "version: 1\nbrokers: {lab: {url: mqtt://b, username: g, password:\nhunter2, foo: 1}}\n",
    "version: 1\nbrokers: {lab: {url: mqtt://b, \"password\" : hunter2, password: hunter2}}\n",
    "version: 1\nbrokers: {lab: {url: mqtt://b, password: hunter2}}}\n",
    "version: 1\nbrokers: {lab: {url: mqtt://b, password:hunter2}}\n",
    "{\"version\":1,\"brokers\":{\"lab\":{\"url\":\"mqtt://"
    "b\",\"username\":\"g\",\"password\":\"hunter2\",\"x\":1}}}\n",
    "{\"version\":1,\"brokers\":{\"lab\":{\"url\":\"mqtt://b\",\"username\":\"g\",\"password\":\"hunter2\"\n",
    "version: 1\nbrokers: {password: hunter2}\n",
    "version: 1\npassword: hunter2\n",
    "version: 1\nbrokers:\n- password: hunter2\n",
    "version: 1\nbrokers:\n  lab: {url: mqtt://gateway:hunter2@localhost}\n",
    "version: 1\nbrokers:\n  lab: {url: gateway:hunter2@localhost}\n",
    "version: 1\nbrokers:\n  lab:\n    url:\n      gateway:hunter2@localhost\n",
    "version: 1\nbrokers:\n  lab: {url: [mqtt://a, \"ssl://g:hunter2@b\", 'mqtt://g:hunter2@c']}\n",
    "version: 1\nbrokers:\n  lab: {url: \"mqtt://gateway:hunter2\\x40localhost\"}\n",
    "version: 1\nbrokers:\n  lab: {url: \"mqtt://gateway:hun\n    ter2@localhost\"}\n",
    "version: 1\nbrokers:\n  lab: {urls: mqtt://gateway:hunter2@localhost}\n",
    "version: 1\nproxy:\n  routes:\n    - {token: hunter2}\n",
    "version: 1\nproxy:\n  routes:\n    - name: r\n      token:\n        hunter2\n      to: {broker: none}\n",
    "version: 1\nproxy:\n  routes:\n    - name: r\n      tokens: [hunter2]\n",
    "version: 1\nproxy:\n  routes:\n    - name: r\n      token:\n    - hunter2\n",
    "version: 1\nproxy:\n  routes:\n    - name: r\n      token:\n    - hunter2\n    - name: s\n",
    "version: 1\nproxy:\n  routes:\n    - name: r\n      to: {token: }\n    - \"hun\n      ter2\"\n",
    "version: 1\nproxy:\n  routes:\n    - {name: r, to: {token: hunter2}}\n",
    "version: 1\nproxy: {token: hunter2}\n",
};

/// Texts that follow `headers:` of a resource.
const std::vector<std::string> headers = {
    " {Authorization: hunter2, X: \"a\\tb\"}\n",
    " {X-Key: \"hunter2 \"}\n",
    " {X-Key: [hunter2]}\n",
    " {X-Key: {hunter2: x}}\n",
    " {X-Key: {file: a, text: hunter2}}\n",
    " {X-Key hunter2}\n",
    " {Authorization Bearer hunter2: x}\n",
    " {X-Key: , hunter2: x}\n",
    " {X-Key=hunter2: x}\n",
    " {hunter2}\n",
    " hunter2\n",
    " [hunter2]\n",
    "\n  hunter2\n",
    "\n          X-Key: hunter2\n          Host: b.lab\n",
    "\n          X-Key: |\n            hunter2\n",
    "\n          X-Key: 5 # hunter2\n          Y: hunter2\n",
    "\n          X-Key:\n          hunter2: x\n",
    "\n          X-Key: hunter2\n          X-Key: hunter2\n",
    "\n          X-Key: \"hunter2\n",
    "\n          X-Key: https://u:hunter2@b.lab\n          Host: c\n",
    "\n            X-Key: hunter2\n            Host: b.lab\n",
    "\n            X-Key: |\n              hunter2\n",
    "\n            X-Key: 5 # hunter2\n            Y: hunter2\n",
    "\n            X-Key:\n            hunter2: x\n",
    "\n            X-Key: hunter2\n            X-Key: hunter2\n",
    "\n            X-Key: \"hunter2\n",
    "\n            X-Key: https://u:hunter2@b.lab\n            Host: c\n",
};

std::string broker_with(const std::string& lines) {
  return "version: 1\nbrokers:\n  lab:\n    url: mqtt://localhost\n    username: gateway\n" + lines;
}

}  // namespace

TEST_CASE("no diagnostic and no output reveals a secret, however it is written") {
  const test::temporary_folder folder;
  std::vector<std::string> texts = files;
  for (const auto& lines : below_broker) texts.push_back(broker_with(lines));
  // The same with another fault later in the file, and with several brokers.
  for (const auto& lines : below_broker)
    texts.push_back(broker_with(lines + "  far: {ulr: x}\nlimits: {depth: x}\n"));
  for (const auto* key : {"headers", "header", "Headers"})
    for (const auto& behind : headers)
      texts.push_back(
          "version: 1\ndevices:\n  A:\n    resources:\n      r:\n        http:\n          url: http://a.lab\n"
          "          " +
          std::string(key) + ":" + behind + "limits: {depth: x}\n");
  REQUIRE(texts.size() > 150);
  for (const auto& text : texts) {
    CAPTURE(text);
    const auto file = folder.write("mqcoap.yaml", text, 0644);
    const auto loaded = load_settings(file);
    const auto shown = show_settings(file);
    const auto message = everything(loaded.diagnostics) + everything(shown.diagnostics) +
                         shown.yaml.value_or("") +
                         (loaded.value ? std::string(loaded.value->shown.text()) : std::string());
    CHECK_FALSE(loaded.diagnostics.empty());
    CHECK_MESSAGE(message.find("hunter") == std::string::npos, message);
    CHECK_MESSAGE(message.find("nter2") == std::string::npos, message);
    CHECK_MESSAGE(message.find("ter2") == std::string::npos, message);
  }
}

TEST_CASE("what precedes an @ is covered if it may be a user and a password") {
  const auto covered = [](std::string line) {
    cover_by_looks(line);
    return line;
  };
  CHECK(covered("a: mqtt://u:p@host b") == "a: mqtt://***@host b");
  CHECK(covered("a: mqtt://u@host") == "a: mqtt://*@host");
  CHECK(covered("[u:p@a, \"v:q@r@b\", w@c]") == "[***@a, \"*****@b\", w@c]");
  CHECK(covered("u:p@a mqtt://v@b w@c") == "***@a mqtt://*** *@c");
  CHECK(covered("@a:b@c @") == "****@c @");
  CHECK(covered("@") == "@");
  CHECK(covered("a b # pin: 1") == "a b # pin: *");
  for (const std::string part : {"@", "a:b@", "a:b@ ", "://@"}) {
    std::string line;  // Takes hours unless each character is looked at only a few times.
    while (line.size() < source_file::largest) line += part;
    const auto size = line.size();
    CHECK(covered(std::move(line)).size() == size);
  }
}

TEST_CASE("where a secret comes from may be shown") {
  const test::temporary_folder folder;
  const auto message = test::all_messages(load_settings(
      folder.write("a.yaml", broker_with("    password: {file: no-such-file}\n") + "    keepalive: 1\n")));
  CHECK(message.find("    password: {file: no-such-file}\n") != std::string::npos);
  CHECK(message.find("brokers.lab.password.file: cannot read the secret from " +
                     folder.path("no-such-file")) != std::string::npos);
}

TEST_CASE("only the secret is masked, and lines without a secret are shown unchanged") {
  const test::temporary_folder folder;
  const auto loaded = load_settings(folder.write("a.yaml", R"(version: 1
brokers:
  lab: {url: mqtt://b, username: g, password: hunter2, foo: 1}
devices:
  TOKEN_RING: {resources: {token: {vaule: 5}, "a": {value: {pin: 1}, schema: {type: string}}}}
)"));
  const auto message = test::all_messages(loaded);
  CHECK(message.find("  lab: {url: mqtt://b, username: g, password: ******** foo: 1}") != std::string::npos);
  CHECK(message.find("devices.TOKEN_RING.resources.token: unknown key 'vaule'") != std::string::npos);
  CHECK(message.find("{token: {vaule: 5}") != std::string::npos);
}

TEST_CASE("of a map of secrets the names are shown, and where values come from") {
  const test::temporary_folder folder;
  const auto message = test::all_messages(load_settings(folder.write("a.yaml", R"(version: 1
devices:
  A:
    resources:
      r: {http: {url: "http://a.lab", headers: {X-Mode: "a\tb", Host: b.lab, Authorization: {file: no-such}}}}
)")));
  CHECK(message.find("A.resources.r.http.headers.X-Mode: expected a text") != std::string::npos);
  CHECK(message.find("the gateway sets the header field 'Host' itself") != std::string::npos);
  CHECK(message.find("headers.Authorization.file: cannot read the secret from " + folder.path("no-such")) !=
        std::string::npos);
  CHECK(message.find("headers: {X-Mode: ******* Host: ****** Authorization: {file: no-such}}") !=
        std::string::npos);
}

TEST_CASE("names of secrets are those of the field tables, what is near them, and the usual words") {
  for (const char* name :
       {"password",   "key_password", "token",       "Password", "pasword",       "passwrod",
        "psswd",      "passwd",       "password2",   "tokne",    "tken",          "tokens",
        "auth_token", "authToken",    "keypassword", "secret",   "client_secret", "pass",
        "pwd",        "api_key",      "passphrase",  "pin"})
    CHECK_MESSAGE(names_a_secret(name), name);
  for (const char* name :
       {"username",  "url",           "key",  "cert", "ca", "to", "tag",  "title",     "topic", "value",
        "keepalive", "password_file", "open", "when", "p",  "",   "name", "namespace", "tls",   "path"})
    CHECK_FALSE_MESSAGE(names_a_secret(name), name);
}

TEST_CASE("nothing in a diagnostic controls a terminal") {
  const test::temporary_folder folder;
  const auto loaded =
      load_settings(folder.write("a.yaml",
                                 "version: 1\n"
                                 "\"dev\\e[2Jices\": 1\n"
                                 "defaults: {timeout: \"\\u202e\\x9b2J\"}  # \xe2\x80\xae\xc2\x9b\n"
                                 "limits: {\"a\\nb\": 1}\n"));
  CHECK(loaded.diagnostics.size() == 3);
  for (const auto& d : loaded.diagnostics) {
    const auto message = to_string(d);
    for (const char* bad : {"\x1b", "\xc2\x9b", "\xe2\x80\xae", "a\nb"})
      CHECK_MESSAGE(message.find(bad) == std::string::npos, message);
  }
}
