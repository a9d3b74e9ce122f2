#include <mqcoap/config/yaml_escapes.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/resource/value/value.hpp>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::config;

namespace {

std::string value_text(const load_result& loaded) {
  REQUIRE_MESSAGE(loaded.value.has_value(), test::all_messages(loaded));
  const auto& kind = loaded.value->gateway.devices.front().resources.front().kind;
  REQUIRE(kind.get_if<value_options>() != nullptr);
  return decode_json_string(kind.get_if<value_options>()->initial.text());
}

std::string with_value(const std::string& text) {
  return "version: 1\ndevices:\n  GW_1: {resources: {v: {value: \"" + text + "\"}}}\n";
}

}  // namespace

TEST_CASE("every escape of YAML is the character that it names") {
  const test::temporary_folder folder;
  const std::pair<const char*, std::string> escapes[] = {
      {"\\_", "\xc2\xa0"},
      {"\\N", "\xc2\x85"},
      {"\\L", "\xe2\x80\xa8"},
      {"\\P", "\xe2\x80\xa9"},
      {"\\x80", "\xc2\x80"},
      {"\\x85", "\xc2\x85"},
      {"\\xa0", "\xc2\xa0"},
      {"\\xff", "\xc3\xbf"},
      {"\\u00e4", "\xc3\xa4"},
      {"\\uffff", "\xef\xbf\xbf"},
      {"\\U0001F600", "\xf0\x9f\x98\x80"},
      {"\\U0010ffff", "\xf4\x8f\xbf\xbf"},
      {"\\0", std::string(1, '\0')},
      {"\\a\\b\\t\\n\\v\\f\\r\\e", "\a\b\t\n\v\f\r\x1b"},
      {"\\ \\\"\\/\\\\", " \"/\\"},
      {"\xc3\xa9\\_\xc3\xa9\\N\\N\\_\\_x\xf0\x9f\x98\x80\\_",
       "\xc3\xa9\xc2\xa0\xc3\xa9\xc2\x85\xc2\x85\xc2\xa0\xc2\xa0x\xf0\x9f\x98\x80\xc2\xa0"},
      {"\\\\_\\\\N", "\\_\\N"},
      {"a\\\n      b", "ab"},
      {"a\\_\n      \\N", "a\xc2\xa0 \xc2\x85"},
  };
  for (const auto& row : escapes) {
    CAPTURE(row.first);
    CHECK(value_text(load_settings(folder.write("a.yaml", with_value(row.first)))) == row.second);
  }
}

TEST_CASE("an invalid escape is reported with line and column, wherever it occurs") {
  const test::temporary_folder folder;
  for (const char* bad : {"\\ud800", "\\udfff", "\\ud83d\\ude00", "\\U00110000", "\\UFFFFFFFF", "\\q",
                          "\\x4g", "\\u12", "\\U1234567"}) {
    CAPTURE(bad);
    const auto loaded = load_settings(folder.write("a.yaml", with_value(std::string("abc") + bad)));
    CHECK_FALSE(loaded.value.has_value());
    REQUIRE(loaded.diagnostics.size() == 1);
    CHECK(loaded.diagnostics.front().line == 3);
    CHECK(loaded.diagnostics.front().column == 37);
  }
}

TEST_CASE("escapes may occur in keys and everywhere else, and cause only diagnostics") {
  const test::temporary_folder folder;
  for (const char* escape :
       {"\\_", "\\N", "\\L", "\\P", "\\x80", "\\xff", "\\0", "\\e", "\\uffff", "\\ud800"}) {
    const std::string e = escape;
    for (const std::string& text :
         {"version: 1\n\"a" + e + "\": 1\n", "version: \"" + e + "\"\n", "\"" + e + "\"\n",
          "version: 1\ndevices: {\"a" + e + "\": {}}\n",
          "version: 1\ndevices: {A: {description: \"a" + e + "\", resources: {\"p" + e +
              "\": {value: 1}}}}\n",
          "version: 1\ndevices: {A: {resources: {p: {value: {\"" + e + "\": [\"" + e + "\"]}, title: \"" + e +
              "\"}}}}\n",
          "version: 1\ndevices: {A: {resources: {p: {reply: \"" + e + "\", unit: \"" + e + "\"}}}}\n",
          "version: 1\ndevices: {A: {resources: {p: {signal: \"" + e + "\"}}}}\n",
          "version: 1\ndevices: {A: {resources: {p: {value: 1, schema: {enum: [\"" + e + "\"], pattern: \"" +
              e + "\"}}}}}\n",
          "version: 1\nbrokers: {lab: {url: \"mqtt://" + e + "\", username: \"" + e + "\", password: \"" + e +
              "\"}}\n",
          "version: 1\ninclude: \"no" + e + "*\"\nlogging: {target: {file: \"" + e + "\"}}\n"}) {
      CAPTURE(text);
      const auto file = folder.write("a.yaml", text);
      load_result loaded;
      REQUIRE_NOTHROW(loaded = load_settings(file));
      for (const auto& d : loaded.diagnostics) CHECK(d.line > 0);
      REQUIRE_NOTHROW(show_settings(file));
    }
  }
}

TEST_CASE("invalid bytes that no escape explains are rejected by the reader") {
  CHECK(with_whole_escapes("a\xff") == "a\xff");
  CHECK(with_whole_escapes("\xa0\xff\x85") == "\xc2\xa0\xff\x85");
  CHECK(with_whole_escapes("").empty());
}
