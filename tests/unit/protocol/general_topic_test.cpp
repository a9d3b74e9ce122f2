#include <doctest/doctest.h>

#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/general_topic.hpp>
#include <stdexcept>
#include <string>

using namespace mqcoap;

TEST_CASE("event and system topics are read and written") {
  const auto event = general_topic::parse("gf_int_v1/axuv/event/DEV/shots/last");
  REQUIRE(event.has_value());
  CHECK(event->which == general_topic::kind::event);
  CHECK(event->ns.text() == "gf_int_v1");
  CHECK(event->subsystem.text() == "axuv");
  CHECK(event->tag.text() == "DEV");
  CHECK(event->path.text() == "shots/last");
  CHECK(event->text() == "gf_int_v1/axuv/event/DEV/shots/last");

  // The limit of paths is that of the gateway's configuration, which a subscriber does not know.
  CHECK(general_topic::parse("gf_int_v1/axuv/event/DEV/" + std::string(4000, 'p')));
  const auto system = general_topic::parse("gf_int_v1/gateway/system/DEV/presence");
  REQUIRE(system.has_value());
  CHECK(system->which == general_topic::kind::system);
  CHECK(system->text() == "gf_int_v1/gateway/system/DEV/presence");
}

TEST_CASE("a topic that is not that of a general payload is rejected") {
  for (const std::string text : {"", "a", "ns/axuv/event/DEV", "ns/axuv/event/DEV/", "ns/axuv/event/DEV//x",
                                 "ns/axuv/event//x", "ns/axuv/request/DEV/x", "ns/axuv/system/DEV/a/b",
                                 "$SYS/axuv/event/DEV/x", "ns/a+b/event/DEV/x", "ns/axuv/event/DEV/../x"}) {
    CAPTURE(text);
    CHECK(general_topic::parse(text).error() == errc::invalid_topic);
  }
}

TEST_CASE("a filter matches the named levels, and everything at the others") {
  const auto ns = default_namespace();
  CHECK(general_filter().text(ns) == "gf_int_v1/+/event/+/#");
  CHECK(general_filter(general_topic::kind::system).text(ns) == "gf_int_v1/+/system/+/+");
  const general_filter one{general_topic::kind::event, *subsystem_name::parse("axuv"),
                           *device_tag::parse("DEV"), *resource_path::parse("/shots/last")};
  CHECK(one.text(ns) == "gf_int_v1/axuv/event/DEV/shots/last");
}

TEST_CASE("an address that stands in the program") {
  CHECK(make_address("DEV/axuv/gains").to_string() == "DEV/axuv/gains");
  CHECK_THROWS_WITH_AS(make_address("DEV/axuv"), "an address is TAG/SUBSYSTEM/PATH, but not 'DEV/axuv'",
                       std::invalid_argument);
}
