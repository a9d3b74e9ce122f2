#include <support/result_printer.hpp>

#include <mqcoap/gateway/request_log.hpp>
#include <string>

using namespace mqcoap;

TEST_CASE("text from outside cannot forge a line of the log, and is cut where it is long") {
  CHECK(log_safe("gains") == "gains");
  CHECK(log_safe("a\nb\x1b[31m\x7f") == "a?b?[31m?");
  CHECK(log_safe(std::string(300, 'x')).size() == 256 + 3);
  CHECK(log_safe("abcdef", 3) == "abc...");
}
