#include <doctest/doctest.h>

#include <options/broker_url.hpp>

using namespace mqcoap::cli;

TEST_CASE("every part of a broker's URL is read") {
  const auto plain = *parse_broker_url("mqtt://broker.example.org");
  CHECK(plain.host == "broker.example.org");
  CHECK_FALSE(plain.port.has_value());
  CHECK_FALSE(plain.tls);
  CHECK_FALSE(plain.username.has_value());

  const auto full = *parse_broker_url("mqtts://lab:p%40ss:word@10.0.0.1:8884/");
  CHECK(full.host == "10.0.0.1");
  CHECK(full.port == 8884);
  CHECK(full.tls);
  CHECK(full.username == "lab");
  CHECK(full.password->reveal() == "p@ss:word");

  CHECK(parse_broker_url("mqtt://u@h")->username == "u");
  CHECK_FALSE(parse_broker_url("mqtt://u@h")->password.has_value());
  CHECK(parse_broker_url("mqtt://[::1]:1884")->host == "::1");
}

TEST_CASE("a URL is written as it can be read again, without its password") {
  for (const char* text : {"mqtt://h", "mqtts://h:8884", "mqtt://lab@h:1884", "mqtt://50%25@h",
                           "mqtt://a%3Ab%40c%2Fd@h", "mqtt://%C3%BC%20x@h", "mqtt://lab@[::1]:1884"}) {
    CAPTURE(text);
    CHECK(url_text(*parse_broker_url(text)) == text);
  }
  CHECK(url_text(*parse_broker_url("mqtt://lab:hunter2@h/")) == "mqtt://lab@h");
}

TEST_CASE("an invalid URL is rejected with a message that never contains the password") {
  for (const char* bad :
       {"broker", "http://h", "mqtt://", "mqtt://h:0", "mqtt://h:65536", "mqtt://h:x",
        "mqtt://h:", "mqtt://[::1", "mqtt://[h]", "mqtt://a b", "mqtt://@h", "mqtt://u:hunter2%@h",
        "mqtt://u:hunter2%zz@h", "mqtt://u:hunter2@h/DEV/axuv/gains", "mqtt://u:hunter2@:1883"}) {
    CAPTURE(bad);
    const auto parsed = parse_broker_url(bad);
    REQUIRE(parsed.has_error());
    CHECK_FALSE(parsed.error().message.empty());
    CHECK(parsed.error().message.find("hunter2") == std::string::npos);
  }
}
