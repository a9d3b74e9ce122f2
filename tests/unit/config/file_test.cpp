#include <sys/stat.h>

#include <algorithm>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::config;

namespace {

std::string only_message(const load_result& loaded) {
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics.front().line == 0);
  return loaded.diagnostics.front().message;
}

}  // namespace

TEST_CASE("a file that cannot be read is a fault like any other") {
  const test::temporary_folder folder;
  CHECK(only_message(load_settings(folder.path("none.yaml"))) == "cannot be read: No such file or directory");
  CHECK(only_message(load_settings(folder.path(""))) == "cannot be read: it is a directory");
  REQUIRE(::mkfifo(folder.path("pipe.yaml").c_str(), 0600) == 0);
  CHECK(only_message(load_settings(folder.path("pipe.yaml"))) == "cannot be read: it is not a regular file");
}

TEST_CASE("a file may have 1 MiB and not a byte more") {
  const test::temporary_folder folder;
  const std::string head = "version: 1\n#";
  const std::string fits = head + std::string((1u << 20) - head.size(), 'x');
  CHECK(load_settings(folder.write("fits.yaml", fits)).value.has_value());
  CHECK(only_message(load_settings(folder.write("large.yaml", fits + "x"))) ==
        "cannot be read: it is larger than 1MiB");
}

TEST_CASE("extremely nested text is rejected without a crash") {
  const test::temporary_folder folder;
  const std::string head = "version: 1\ndevices: {A: {resources: {a: {value: ";
  for (std::size_t depth : {100u, 10'000u, 400'000u}) {
    const auto loaded = load_settings(
        folder.write("deep.yaml", head + std::string(depth, '[') + std::string(depth, ']') + "}}}}\n"));
    CHECK_FALSE(loaded.value.has_value());
    REQUIRE(loaded.diagnostics.size() == 1);
    if (depth > 1000) CHECK(loaded.diagnostics.front().message == "this is nested too deeply");
  }
}

TEST_CASE("an included file with comments only adds nothing, and counts as one that was read") {
  const test::temporary_folder folder;
  std::filesystem::create_directory(folder.path("conf.d"));
  folder.write("conf.d/a.yaml", "# devices:\n#   A: {}\n");
  folder.write("conf.d/b.yaml", "");
  folder.write("conf.d/c.yaml", "\xef\xbb\xbf  \n\n---\n# nothing\n");
  folder.write("conf.d/d.yaml", "devices: {A: {}}\n");
  folder.write("e.yaml", "devices:\n  # B: {}\n");
  const auto loaded =
      load_settings(folder.write("mqcoap.yaml", "version: 1\ninclude: [\"conf.d/*.yaml\", e.yaml]\n"));
  CHECK_MESSAGE(loaded.diagnostics.empty(), test::all_messages(loaded));
  REQUIRE(loaded.value.has_value());
  CHECK(loaded.value->gateway.devices.size() == 1);
  CHECK(loaded.files == 6);
  CHECK(summary_of(loaded) == "1 device, 0 routes, 6 files");
  CHECK(only_message(load_settings(folder.path("conf.d/a.yaml"))) == "the file is empty");
}

TEST_CASE("a pattern that matches no file gets a warning") {
  const test::temporary_folder folder;
  const auto loaded = load_settings(folder.write("mqcoap.yaml", "version: 1\ninclude: conf.d/*.yaml\n"));
  CHECK(loaded.value.has_value());
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics.front().level == diagnostic::severity::warning);
  CHECK(loaded.diagnostics.front().line == 2);
  CHECK(loaded.diagnostics.front().message == "no file matches " + folder.path("conf.d/*.yaml"));
}

TEST_CASE("diagnostics of a later file follow those of an earlier one") {
  const test::temporary_folder folder;
  folder.write("b.yaml", "devices: {B: {x: 1}}\n");
  folder.write("a.yaml", "devices: {A: {x: 1}}\n");
  const auto loaded =
      load_settings(folder.write("mqcoap.yaml", "version: 1\ninclude: [b.yaml, a.yaml]\nlimits: {x: 1}\n"));
  REQUIRE(loaded.diagnostics.size() == 3);
  CHECK(loaded.diagnostics[0].file == folder.path("mqcoap.yaml"));
  CHECK(loaded.diagnostics[1].file == folder.path("b.yaml"));
  CHECK(loaded.diagnostics[2].file == folder.path("a.yaml"));
}

TEST_CASE("a thousand faults are enough, and a long line is not copied for each") {
  const test::temporary_folder folder;
  std::string text = "version: 1\ndefaults: {";
  for (int i = 0; i < 3000; ++i) text += "x" + std::to_string(i) + ": 1, ";
  const auto loaded = load_settings(folder.write("mqcoap.yaml", text + "}\n"));
  REQUIRE(loaded.diagnostics.size() == 1001);
  CHECK(loaded.diagnostics.back().message == "there are 2000 more faults");
  for (const auto& d : loaded.diagnostics) CHECK(d.source.size() <= 1000);
  const auto& last = loaded.diagnostics[999];
  const auto at = static_cast<std::size_t>(last.column) - 1 - last.source_from;
  CHECK(last.source.substr(at, last.length) == "x999");
  const auto shown = to_string(last);
  const auto excerpt = shown.find(" | ");
  const auto mark = shown.find(" | ", excerpt + 1);
  CHECK(shown.substr(excerpt + shown.find('^', mark) - mark, 4) == "x999");
}

TEST_CASE("a file that is one long line is read in a time that is proportional to its length") {
  const test::temporary_folder folder;
  std::string text = "{version: 1, defaults: {";
  for (int i = 0; i < 2000; ++i) text += "x" + std::to_string(i) + ": 1, ";
  text += "x: ";
  while (text.size() < 1'000'000) text += "a:b@";
  const auto loaded = load_settings(folder.write("mqcoap.yaml", text + "}}\n"));
  CHECK(loaded.diagnostics.size() == 1001);
}

TEST_CASE("warnings do not hide the error because of which a file is refused") {
  const test::temporary_folder folder;
  std::string text = "version: 1\nbrokers:\n";
  for (int i = 0; i < 1100; ++i)
    text += "  b" + std::to_string(i) + ": {url: mqtt://localhost, username: u, password: secret-word}\n";
  const auto warned = load_settings(folder.write("good.yaml", text));
  CHECK(warned.value.has_value());
  REQUIRE(warned.diagnostics.size() == 1001);
  CHECK(warned.diagnostics.back().level == diagnostic::severity::warning);
  CHECK(warned.diagnostics.back().message == "there are 100 more faults");
  const auto refused = load_settings(folder.write("bad.yaml", text + "limits: {depht: 9}\n"));
  CHECK_FALSE(refused.value.has_value());
  const auto is_error = [](const diagnostic& d) { return d.level == diagnostic::severity::error; };
  const auto error = std::find_if(refused.diagnostics.begin(), refused.diagnostics.end(), is_error);
  REQUIRE(error != refused.diagnostics.end());
  CHECK(error->message == "unknown key 'depht'");
}

TEST_CASE("routes that no request can take get one warning") {
  const auto warnings_for = [](const std::string& proxy, const std::string& resources = "{}") {
    const test::temporary_folder folder;
    const auto loaded = load_settings(folder.write(
        "a.yaml", "version: 1\ndevices: {A: {resources: " + resources + "}}\nproxy: " + proxy + "\n"));
    REQUIRE(loaded.value);
    for (const auto& each : loaded.diagnostics)
      CHECK(each.message.find("no request can take a route without `serve`") != std::string::npos);
    return loaded.diagnostics.size();
  };
  CHECK(warnings_for("{routes: [{name: a, match: {tag: X}}, {name: b}]}") == 1);
  CHECK(warnings_for("{forward: A, routes: [{name: a}]}") == 0);
  CHECK(warnings_for("{routes: [{name: a, match: {tag: X}}]}", "{'x/**': {proxy: X/axuv}}") == 0);
  CHECK(warnings_for("{routes: [{name: a, match: {tag: X}, serve: true, to: {namespace: other}}]}") == 0);
}

TEST_CASE("an error elsewhere hides the warning for routes, because it may be the cause") {
  const test::temporary_folder folder;
  const auto loaded =
      load_settings(folder.write("a.yaml", "version: 1\nproxy: {forward: 'A *', routes: [{name: a}]}\n"));
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics.front().level == diagnostic::severity::error);
}

TEST_CASE("a signal that seems never to be a finite number gets a warning") {
  const test::temporary_folder folder;
  const auto loaded = load_settings(folder.write(
      "a.yaml", "version: 1\ndevices: {A: {resources: {odd: {signal: \"t/0\"}, good: {signal: 1/t}}}}\n"));
  CHECK(loaded.value.has_value());
  REQUIRE(loaded.diagnostics.size() == 1);
  const auto message = to_string(loaded.diagnostics.front());
  CHECK_MESSAGE(
      message.find(
          "warning: devices.A.resources.odd.signal: the expression: it is a finite number at none") !=
          std::string::npos,
      message);
}

TEST_CASE("devices with presence that need more descriptors than usual get a warning with their number") {
  const test::temporary_folder folder;
  const auto load = [&](int devices) {
    std::string text = "version: 1\ntemplates: {t: {presence: true}}\ndevices:\n";
    for (int i = 0; i < devices; ++i) text += "  GW_" + std::to_string(i) + ": {like: t}\n";
    return load_settings(folder.write("mqcoap.yaml", text));
  };
  std::string brokers = "version: 1\nbrokers:\n";
  for (int i = 0; i < 1100; ++i) brokers += "  b" + std::to_string(i) + ": {url: mqtt://localhost}\n";
  CHECK(load_settings(folder.write("brokers.yaml", brokers)).diagnostics.empty());
  CHECK(load(230).diagnostics.empty());
  const auto loaded = load(255);
  CHECK(loaded.value.has_value());
  REQUIRE(loaded.diagnostics.size() == 1);
  const auto& warning = loaded.diagnostics.front();
  CHECK(warning.level == diagnostic::severity::warning);
  CHECK(warning.line == 4);
  CHECK(warning.message.starts_with("255 devices have presence"));
  CHECK(warning.message.find("1124 file descriptors") != std::string::npos);
}
