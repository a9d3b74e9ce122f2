#include <doctest/doctest.h>

#include <mqcoap/resource/line/line_address.hpp>
#include <mqcoap/resource/line/line_template.hpp>
#include <string>
#include <string_view>

using namespace mqcoap;

namespace {

std::string address_text(std::string_view text) {
  const auto read = parse_line_address(text);
  return read ? to_string(*read) : "fault: " + read.error().message;
}

/// Returns the line, or `fault: ` and the message.
std::string filled(std::string_view text, std::string_view body, std::string_view rest = {}) {
  const auto by = line_template::parse(text);
  if (!by) return "no template: " + by.error().message;
  const auto line = by->fill(*json_text::parse(body), rest);
  return line ? *line : "fault: " + line.error().message;
}

constexpr std::string_view two_lines =
    "fault: the body cannot be sent: it has a control character or one beyond ASCII, and the instrument "
    "takes one line";
constexpr std::string_view two_commands =
    "fault: the body cannot be sent: it has a ';' or a '?', and the instrument takes one command";

}  // namespace

TEST_CASE("an address is that of a TCP port, or of a serial port with its settings") {
  CHECK(address_text("tcp://192.0.2.7:5025") == "tcp://192.0.2.7:5025");
  CHECK(address_text("tcp://PSU.lab:5025") == "tcp://psu.lab:5025");
  CHECK(address_text("tcp://[fe80::1%eth0]:5025") == "tcp://[fe80::1%eth0]:5025");
  CHECK(address_text("serial:///dev/ttyACM0") ==
        "serial:///dev/ttyACM0?baud=9600&parity=none&bits=8&stop=1&flow=none");
  CHECK(address_text("serial:///dev/ttyS0?stop=2&baud=19200&bits=7&parity=even&flow=hardware") ==
        "serial:///dev/ttyS0?baud=19200&parity=even&bits=7&stop=2&flow=hardware");
  CHECK(short_name(*parse_line_address("serial:///dev/ttyS0?baud=19200")) == "serial:///dev/ttyS0");
  for (const char* bad :
       {"", "psu:5025", "tcp://psu", "tcp://:5025", "tcp://psu:0", "tcp://psu:5025/x", "tcp://a b:1",
        "udp://psu:1", "serial://dev/ttyACM0", "serial:///dev/", "serial:///dev/x?baud",
        "serial:///dev/x?baud=fast", "serial:///dev/x?baud=5000000", "serial:///dev/x?bits=9",
        "serial:///dev/x?parity=mark", "serial:///dev/x?speed=9600"}) {
    CAPTURE(bad);
    CHECK(address_text(bad).starts_with("fault: "));
  }
  CHECK(address_text("serial:///dev/x?flow=on") ==
        "fault: 'flow=on' is not a setting of a serial port: expected one of none, software, hardware");
}

TEST_CASE("what stands for a placeholder is a number, a boolean or a text") {
  CHECK(filled("MEAS:VOLT?", "null") == "MEAS:VOLT?");
  CHECK(filled("VOLT {body}", "12.50") == "VOLT 12.50");
  CHECK(filled("OUTP {body}", "true") == "OUTP true");
  CHECK(filled("DISP \"{body}\"", R"("hello\u0021")") == "DISP \"hello!\"");
  CHECK(filled("{rest}:{body}{body}", "1", "a/b") == "a/b:11");
  CHECK(filled(R"({"set":{body}})", "5") == R"({"set":5})");
  CHECK(filled("{ {} {1}", "5") == "{ {} {1}");
  for (const char* none : {"null", "[1]", R"({"a":1})"})
    CHECK(filled("VOLT {body}", none) == "fault: the body is not a text, number or boolean");
  CHECK(filled("VOLT {boddy}", "1") ==
        "no template: there is no placeholder '{boddy}'; there are {body} and {rest}");
  CHECK(filled("VOLT 1\nVOLT 2", "1").starts_with("no template: it has a control character"));
  CHECK(filled("", "1") == "no template: it is empty");
}

TEST_CASE("the value of a placeholder is never a second line or a second command") {
  for (int byte = 0; byte < 0x20; ++byte) {
    std::string body;
    append_json_string(body, "5" + std::string(1, static_cast<char>(byte)) + "OUTP ON");
    CHECK(filled("VOLT {body}", body) == two_lines);
  }
  for (const char* body : {R"("\u007f")", R"("\u0085")", R"("\u2028")", R"("Ċ")", R"("é")"})
    CHECK(filled("VOLT {body}", body) == two_lines);
  CHECK(filled("VOLT {body}", R"("5;OUTP ON")") == two_commands);
  CHECK(filled("VOLT {body}", R"("5?")") == two_commands);
  CHECK(filled("MEAS? {rest}", "null", "1\n*RST").starts_with("fault: the path cannot be sent"));
}

TEST_CASE("a line with a question mark is a query") {
  CHECK(line_template::parse("MEAS:VOLT?")->is_query());
  CHECK(line_template::parse("VOLT {body};*OPC?")->is_query());
  CHECK_FALSE(line_template::parse("VOLT {body}")->is_query());
}
