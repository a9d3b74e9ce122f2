#include <doctest/doctest.h>

#include <mqcoap/transport/connect_errc.hpp>
#include <words/exit_status.hpp>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::cli;
using test::exchanged;

namespace {

std::string rendered(std::string_view body, output_format how, response_code code = response_code::content) {
  return render(exchanged(code, body), how);
}

constexpr char whole[] =
    R"({"address":"DEV_1/axuv/gains","method":"GET","code":205,"name":"CONTENT","ms":12,"path":"gains",)"
    R"("request_id":"16fd2706-8baf-433b-82eb-8c7fada847da","source":"DEV_1","body":[1, 2]})";

}  // namespace

TEST_CASE("a pipe gets the body as received") {
  CHECK(rendered("[1, 2]", {}) == "[1, 2]\n");
  CHECK(rendered("\"text\"", {}) == "\"text\"\n");
  CHECK(rendered("null", {}) == "null\n");
  CHECK(rendered("null", {}, response_code::changed).empty());
  CHECK(rendered("\"no such thing\"", {}, response_code::not_found).empty());
}

TEST_CASE("raw takes the quotes off strings, and off nothing else") {
  const output_format raw{.kind = output_kind::raw};
  CHECK(rendered("\"two\\nlines\"", raw) == "two\nlines\n");
  CHECK(rendered("[\"a\"]", raw) == "[\"a\"]\n");
}

TEST_CASE("json is the whole response, errors included") {
  CHECK(rendered("[1, 2]", {.kind = output_kind::json}) == std::string(whole) + '\n');
  CHECK(rendered("\"no\"", {.kind = output_kind::json}, response_code::not_found).find("\"code\":404") !=
        std::string::npos);
}

TEST_CASE("-i puts the header before the body") {
  CHECK(rendered("[1]", {.header = true}) ==
        "205 CONTENT 12 ms\npath: gains\nrequest_id: 16fd2706-8baf-433b-82eb-8c7fada847da\nsource: "
        "DEV_1\n\n[1]\n");
}

TEST_CASE("-F has a letter for everything") {
  CHECK(rendered("[1, 2]", {.format = "%b|%c|%d|%p|%r|%i|%%\\t\\n\\\\"}) ==
        "[1, 2]|205|CONTENT|gains|16fd2706-8baf-433b-82eb-8c7fada847da|12|%\t\n\\\n");
  CHECK(rendered("[1, 2]", {.format = "%J"}) == std::string(whole) + '\n');
  CHECK(rendered("\"a\"", {.format = "%b"}) == "\"a\"\n");
  CHECK(rendered("\"a\"", {.kind = output_kind::raw, .format = "%b"}) == "a\n");
  CHECK_FALSE(fault_of_format("plain %% %c").has_value());
  CHECK(fault_of_format("%q").has_value());
  CHECK(fault_of_format("end %").has_value());
}

TEST_CASE("on a terminal, foreign text is never a control sequence") {
  CHECK(rendered("\"\\u001b[2J\"", {.kind = output_kind::raw, .terminal = true}) == "?[2J\n");
  CHECK(rendered("\"\\u001b[2J\"", {.kind = output_kind::raw, .format = "%b", .terminal = true}) == "?[2J\n");
  CHECK(rendered("\"\xc2\x9b"
                 "31m\u202e\"",
                 {.terminal = true}) == "\"\\u009b31m\\u202e\"\n");
  CHECK(rendered("[\"\\u001b[2J\"]", {.kind = output_kind::csv, .terminal = true}) == "\\u001b[2J\n");
}

TEST_CASE("in a pipe, JSON and CSV are equally safe and still exact; raw is byte for byte") {
  CHECK(rendered("\"\xc2\x9b\x7f\"", {}) == "\"\\u009b\\u007f\"\n");
  CHECK(rendered("\"\xc2\x9b\"", {.format = "%b"}) == "\"\\u009b\"\n");
  CHECK(rendered("\"\xc2\x9b\"", {.kind = output_kind::json}).ends_with("\"body\":\"\\u009b\"}\n"));
  CHECK(rendered("\"\\u001b\u202e\"", {.kind = output_kind::csv}) == "\\u001b\\u202e\n");
  CHECK(rendered("\"\\u001b[2J\"", {.kind = output_kind::raw}) == "\x1b[2J\n");
}

TEST_CASE("json is one line, also of a body that was written on several") {
  CHECK(rendered("[1,\r\n 2]", {.kind = output_kind::json}).ends_with("\"body\":[1,   2]}\n"));
}

TEST_CASE("milliseconds for people") {
  using namespace std::chrono_literals;
  CHECK(in_milliseconds(420us) == "0.42");
  CHECK(in_milliseconds(3120us) == "3.1");
  CHECK(in_milliseconds(9960us) == "10");
  CHECK(in_milliseconds(12ms) == "12");
  CHECK(in_milliseconds(1234ms) == "1234");
}

TEST_CASE("colour is used only on request") {
  const auto e = exchanged(response_code::content, "1");
  CHECK(status_line(e, false) == "205 CONTENT 12 ms");
  CHECK(status_line(e, true).find('\033') != std::string::npos);
}

TEST_CASE("exit statuses") {
  CHECK(status_of(error_code{}) == 0);
  CHECK(status_of(make_error_code(response_code::changed)) == 0);
  for (const auto code : all_response_codes) {
    CAPTURE(to_int(code));
    CHECK(status_of(make_error_code(code)) == (is_error(code) ? to_int(code) / 100 : 0));
  }
  CHECK(status_of(errc::timed_out) == 6);
  CHECK(status_of(errc::unusable_answer) == 6);
  CHECK(status_of(errc::not_connected) == 3);
  CHECK(status_of(errc::connection_lost) == 3);
  CHECK(status_of(errc::denied) == 3);
  CHECK(status_of(connect_errc::bad_credentials) == 3);
}
