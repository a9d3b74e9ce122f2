#include <doctest/doctest.h>

#include <words/duration_text.hpp>

#include <functional>
#include <options/global_options.hpp>
#include <vector>
#include <words/failure.hpp>

#include "support.hpp"
#include "unit/config/support.hpp"

using namespace mqcoap;
using namespace mqcoap::cli;
using namespace std::chrono_literals;
using test::made_up_environment;

namespace {

/// One setting from each source; an empty text is not set.
struct row {
  const char* flag;
  const char* environment;
  const char* context;
  const char* expected;
};

/// Returns the options that result from these flags, variables and keys of the default context.
settled_options settled(const global_options& flags, std::map<std::string, std::string> variables,
                        const std::string& context) {
  const test::temporary_folder folder;
  std::filesystem::create_directory(folder.path("mqcoap"));
  folder.write("mqcoap/password", "from-context\nsecond line\n");
  folder.write("mqcoap/token", "token-of-context\n");
  folder.write("mqcoap/cli.yaml",
               "default: lab\ncontexts:\n  lab: {" + context + "}\n  other: {namespace: other}\n");
  variables["XDG_CONFIG_HOME"] = folder.path("");
  variables["XDG_CONFIG_HOME"].pop_back();
  return settle_all(flags, made_up_environment(std::move(variables)));
}

std::map<std::string, std::string> variable(const char* name, const char* value) {
  if (*value == '\0') return {};
  return {{name, value}};
}

std::string key(const char* name, const char* value) {
  return *value == '\0' ? "" : std::string(name) + ": " + value;
}

std::optional<std::string> flag(const char* text) {
  return *text == '\0' ? std::nullopt : std::optional<std::string>(text);
}

}  // namespace

TEST_CASE("a flag comes before the environment, that before the context, that before the default") {
  const auto check = [](const std::vector<row>& table, auto settle_row) {
    for (const auto& r : table) {
      CAPTURE(r.flag);
      CAPTURE(r.environment);
      CAPTURE(r.context);
      CHECK(settle_row(r) == r.expected);
    }
  };
  check({{"", "", "", "localhost:1883"},
         {"", "", "mqtt://c:3", "c:3"},
         {"", "mqtt://e:2", "mqtt://c:3", "e:2"},
         {"mqtt://f:1", "mqtt://e:2", "mqtt://c:3", "f:1"},
         {"mqtt://f", "mqtt://e:2", "mqtt://c:3", "f:1883"},
         {"mqtt://f", "", "", "f:1883"}},
        [](const row& r) {
          global_options flags;
          flags.url = flag(r.flag);
          const auto all = settled(flags, variable("MQCOAP_URL", r.environment), key("url", r.context));
          return all.client.broker.host + ':' + std::to_string(all.client.broker.port);
        });
  check({{"", "", "", "gf_int_v1"},
         {"", "", "c", "c"},
         {"", "e", "c", "e"},
         {"f", "e", "c", "f"},
         {"f", "", "c", "f"}},
        [](const row& r) {
          global_options flags;
          flags.ns = flag(r.flag);
          return settled(flags, variable("MQCOAP_NAMESPACE", r.environment), key("namespace", r.context))
              .client.ns.text();
        });
  check(
      {{"", "", "", "5000"}, {"", "", "3s", "3000"}, {"", "2s", "3s", "2000"}, {"100ms", "2s", "3s", "100"}},
      [](const row& r) {
        global_options flags;
        flags.timeout = flag(r.flag);
        return std::to_string(
            settled(flags, variable("MQCOAP_TIMEOUT", r.environment), key("timeout", r.context))
                .client.timeout.count());
      });
  check({{"", "", "", "none"}, {"", "", "token", "token-of-context"}, {"", "e", "token", "e"}},
        [](const row& r) {
          const auto all = settled({}, variable("MQCOAP_TOKEN", r.environment), key("token_file", r.context));
          return all.token ? std::string(all.token->reveal()) : "none";
        });
  check({{"", "", "", "none"},
         {"", "", "password", "from-context"},
         {"", "e", "password", "e"},
         {"f", "e", "password", "f"},
         {"f", "", "", "f"}},
        [](const row& r) {
          global_options flags;
          flags.password = flag(r.flag);
          flags.username = "u";
          const auto all =
              settled(flags, variable("MQCOAP_PASSWORD", r.environment), key("password_file", r.context));
          return all.client.broker.password ? std::string(all.client.broker.password->reveal()) : "none";
        });
}

TEST_CASE("a port alone changes the port of whichever broker it is") {
  global_options flags;
  flags.port = "1999";
  const auto all = settled(flags, {{"MQCOAP_URL", "mqtt://e:2"}}, "");
  CHECK(all.client.broker.host == "e");
  CHECK(all.client.broker.port == 1999);
}

TEST_CASE("credentials of one broker are never shown to another") {
  const std::string lab = "url: mqtt://lab@c, password_file: password, token_file: token, timeout: 3s";
  const auto same = settled({}, {}, lab);
  CHECK(same.client.broker.username == "lab");
  CHECK(same.client.broker.password->reveal() == "from-context");
  CHECK(same.token->reveal() == "token-of-context");

  global_options flags;
  flags.host = "elsewhere";
  const auto other = settled(flags, {}, lab);
  CHECK(other.client.broker.host == "elsewhere");
  CHECK(other.client.broker.username.empty());
  CHECK_FALSE(other.client.broker.password.has_value());
  CHECK_FALSE(other.token.has_value());
  CHECK(other.client.timeout == 3s);

  const auto from_environment = settled(flags, {{"MQCOAP_URL", "mqtt://u:p@e"}}, lab);
  CHECK(from_environment.client.broker.username.empty());
  CHECK_FALSE(from_environment.client.broker.password.has_value());
}

TEST_CASE("a password of the environment serves the user that a flag names") {
  global_options flags;
  flags.url = "mqtt://lab@h";
  const auto all = settled(flags, {{"MQCOAP_PASSWORD", "p"}}, "");
  CHECK(all.client.broker.username == "lab");
  CHECK(all.client.broker.password->reveal() == "p");
  flags.url = "mqtt://lab:own@h";
  CHECK(settled(flags, {{"MQCOAP_PASSWORD", "p"}}, "").client.broker.password->reveal() == "own");
}

TEST_CASE("a context is picked by flag, by environment, by default") {
  CHECK(settled({}, {}, "namespace: lab").client.ns.text() == "lab");
  CHECK(settled({}, {{"MQCOAP_CONTEXT", "other"}}, "namespace: lab").client.ns.text() == "other");
  global_options flags;
  flags.context = "lab";
  CHECK(settled(flags, {{"MQCOAP_CONTEXT", "other"}}, "namespace: lab").client.ns.text() == "lab");
  flags.context = "othr";
  CHECK_THROWS_AS(settled(flags, {}, ""), usage_failure);
}

TEST_CASE("bad options are usage errors") {
  const auto refused = [](auto change) {
    global_options flags;
    change(flags);
    CHECK_THROWS_AS(settled(flags, {}, ""), usage_failure);
  };
  refused([](auto& f) { f.url = "broker"; });
  refused([](auto& f) { f.host = ""; });
  refused([](auto& f) { f.host = "mqtt://broker"; });
  refused([](auto& f) { f.host = "broker:1884"; });
  refused([](auto& f) { f.port = "0"; });
  refused([](auto& f) { f.port = "1x"; });
  refused([](auto& f) { f.protocol = "4"; });
  refused([](auto& f) { f.ns = "a/b"; });
  refused([](auto& f) { f.timeout = "0s"; });
  refused([](auto& f) { f.timeout = "11min"; });
  refused([](auto& f) { f.timeout = "soon"; });
  refused([](auto& f) { f.format = "%q"; });
  refused([](auto& f) { f.password = "p"; });  // without a user name
  CHECK_THROWS_AS(settled({}, {{"MQCOAP_URL", "x"}}, ""), usage_failure);
  CHECK_THROWS_AS(settled({}, {{"MQCOAP_TIMEOUT", "x"}}, ""), usage_failure);
  CHECK_THROWS_AS(settled({}, {{"MQCOAP_NAMESPACE", "$x"}}, ""), usage_failure);
  CHECK_NOTHROW(settled({}, {{"MQCOAP_URL", ""}, {"MQCOAP_TIMEOUT", ""}}, ""));
}

TEST_CASE("a duration has its unit behind every option and in every variable, or there is a hint") {
  CHECK(duration_of("-W", "2s") == 2s);
  CHECK(duration_of("-W", "0.5s") == 500ms);
  CHECK(duration_of("--for", "1h", 2h) == 1h);
  const std::pair<const char*, const char*> hints[] = {{"2", "2s?"},     {"0.5", "0.5s?"}, {"2m", "2min?"},
                                                       {"5 s", "5s?"},   {"1", "1s?"},     {"5sec", "5s?"},
                                                       {"0,5s", "0.5s?"}};
  for (const auto& row : hints) {
    CAPTURE(row.first);
    for (const auto& read :
         std::initializer_list<std::function<void()>>{[&, w = row.first] { duration_of("--for", w); },
                                                      [&, w = row.first] {
                                                        settled({}, {{"MQCOAP_TIMEOUT", w}}, "");
                                                      },
                                                      [&, w = row.first] {
                                                        global_options flags;
                                                        flags.timeout = w;
                                                        settled(flags, {}, "");
                                                      }}) {
      try {
        read();
        FAIL("accepted");
      } catch (const usage_failure& e) {
        CHECK(e.hint() == row.second);
      }
    }
  }
  CHECK_THROWS_WITH_AS(duration_of("--for", "5"),
                       "--for '5': the unit is missing: expected a duration from 1ms to 8784h",
                       usage_failure);
  CHECK_THROWS_WITH_AS(duration_of("--for", "0s"), "--for '0s': expected a duration from 1ms to 8784h",
                       usage_failure);
  CHECK_THROWS_AS(duration_of("--for", "1h", 1min), usage_failure);
}

TEST_CASE("a secret's file has one line that counts, and others cannot write to it") {
  const test::temporary_folder folder;
  CHECK(read_secret_file(folder.write("a", "s3cret\nsecond\n")).reveal() == "s3cret");
  CHECK(read_secret_file(folder.write("b", "s3cret\r\n")).reveal() == "s3cret");
  CHECK_THROWS_AS(read_secret_file(folder.write("c", "\n")), failure);
  CHECK_THROWS_AS(read_secret_file(folder.write("d", "s3cret\n", 0666)), failure);
  CHECK_THROWS_AS(read_secret_file(folder.path("none")), failure);
}

TEST_CASE("a last -h asks for help, unless it is a value") {
  const auto read = [](std::vector<std::string> words) {
    return with_help_by_h(std::move(words),
                          [](const std::string& word) { return word == "-F" || word == "-h"; })
        .back();
  };
  CHECK(read({"-h"}) == "--help");
  CHECK(read({"put", "-h"}) == "--help");
  CHECK(read({"-F", "--", "-h"}) == "--help");
  CHECK(read({"-F", "-F", "-h"}) == "--help");
  CHECK(read({"-F", "-h"}) == "-h");
  CHECK(read({"-h", "-h"}) == "-h");
  CHECK(read({"put", "a/b/c", "--", "-h"}) == "-h");
  CHECK(read({"put", "a/b/c", "--", "-F", "-h"}) == "-h");
  CHECK(read({"-h", "lab"}) == "lab");
}

TEST_CASE("values are not mistaken for options or lists") {
  const auto takes_value = [](const std::string& word) { return word == "-F"; };
  const auto kept = [&](std::vector<std::string> words) {
    return protect_values(std::move(words), takes_value);
  };
  CHECK(kept({"put", "a/b/c", "-5"}) == std::vector<std::string>{"put", "a/b/c", guarded("-5")});
  CHECK(kept({"put", "a/b/c", "[0, 1]"}) == std::vector<std::string>{"put", "a/b/c", guarded("[0, 1]")});
  CHECK(kept({"-F", "[%c]", "get"}) == std::vector<std::string>{"-F", guarded("[%c]"), "get"});
  CHECK(kept({"-F", "-F", "[1]"}) == std::vector<std::string>{"-F", "-F", guarded("[1]")});
  CHECK(kept({"-F", "-5", "--", "-F", "-x"}) == std::vector<std::string>{"-F", "-5", "--", "-F", "-x"});
  CHECK(kept({"--", "-F", "[1]"}) == std::vector<std::string>{"--", "-F", guarded("[1]")});
  CHECK(kept({"-q", "1", "--quiet", "-"}) == std::vector<std::string>{"-q", "1", "--quiet", "-"});
}
