#include <doctest/doctest.h>

#include <mqcoap/net/host_port.hpp>
#include <string>

using namespace mqcoap;

TEST_CASE("a host stands alone or with a port") {
  CHECK(parse_host_port("mqtt.example.org")->host == "mqtt.example.org");
  CHECK_FALSE(parse_host_port("mqtt.example.org")->port.has_value());
  CHECK(parse_host_port("10.0.0.1:1884")->host == "10.0.0.1");
  CHECK(parse_host_port("10.0.0.1:1884")->port == 1884);
  CHECK(parse_host_port("h:65535")->port == 65535);
}

TEST_CASE("an IPv6 address stands in brackets") {
  CHECK(parse_host_port("[::1]")->host == "::1");
  CHECK(parse_host_port("[2001:db8::1]:1884")->port == 1884);
  CHECK(parse_host_port("[fe80::1%eth0]")->host == "fe80::1%eth0");
}

TEST_CASE("an invalid text is rejected with the part that is wrong") {
  for (const std::string bad :
       {"", ":1883", "a b", "[", "[]", "[h]", "[::1", "[1.2.3.4]", "[fe80::1%]", "h/x", "[::1]]"}) {
    CAPTURE(bad);
    const auto read = parse_host_port(bad);
    REQUIRE(read.has_error());
    CHECK(read.error() == (bad == "[::1]]" ? host_port_fault::port : host_port_fault::host));
  }
  CHECK(parse_host_port(std::string(254, 'h')).has_error());
  for (const std::string bad :
       {"h:", "h:0", "h:65536", "h:x", "h:1883x", "h:-1", "[::1]:", "[::1]1883", "::1"}) {
    CAPTURE(bad);
    CHECK(parse_host_port(bad).has_error());
  }
}
