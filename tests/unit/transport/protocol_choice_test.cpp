#include <doctest/doctest.h>

#include <mqcoap/transport/protocol_choice.hpp>

using namespace mqcoap;
using failure = protocol_choice::failure;

TEST_CASE("a version that was asked for is the only one tried") {
  for (const auto wanted : {mqtt_protocol::v5, mqtt_protocol::v311}) {
    protocol_choice choice(wanted);
    for (const auto why : {failure::version_refused, failure::hung_up, failure::other}) {
      CHECK_FALSE(choice.failed(why));
      CHECK(choice.next() == wanted);
    }
  }
}

TEST_CASE("automatic falls back at once, and only once a round") {
  for (const auto why : {failure::version_refused, failure::hung_up}) {
    protocol_choice choice(mqtt_protocol::automatic);
    CHECK(choice.next() == mqtt_protocol::v5);
    CHECK(choice.failed(why));
    CHECK(choice.next() == mqtt_protocol::v311);
    CHECK_FALSE(choice.failed(why));
    CHECK(choice.next() == mqtt_protocol::v5);
  }
}

TEST_CASE("automatic stays with 3.1.1 once it worked, whatever network fails") {
  protocol_choice choice(mqtt_protocol::automatic);
  choice.failed(failure::version_refused);
  choice.worked();
  CHECK_FALSE(choice.failed(failure::other));
  CHECK(choice.next() == mqtt_protocol::v311);
}

TEST_CASE("automatic tries 5 again when 3.1.1 is no longer taken") {
  protocol_choice choice(mqtt_protocol::automatic);
  choice.failed(failure::version_refused);
  choice.worked();
  CHECK_FALSE(choice.failed(failure::version_refused));
  CHECK(choice.next() == mqtt_protocol::v5);
}

TEST_CASE("a broker that spoke 5 and hangs up is not taken for an old one") {
  protocol_choice choice(mqtt_protocol::automatic);
  choice.worked();
  CHECK_FALSE(choice.failed(failure::hung_up));
  CHECK(choice.next() == mqtt_protocol::v5);
  CHECK(choice.failed(failure::version_refused));
  CHECK(choice.next() == mqtt_protocol::v311);
}

TEST_CASE("after five hang-ups in a row nothing is proven any more, whatever else fails between them") {
  protocol_choice choice(mqtt_protocol::automatic);
  choice.worked();
  for (int i = 0; i < 4; ++i) {
    CHECK_FALSE(choice.failed(failure::hung_up));
    CHECK_FALSE(choice.failed(failure::other));
    CHECK(choice.next() == mqtt_protocol::v5);
  }
  CHECK(choice.failed(failure::hung_up));
  CHECK(choice.next() == mqtt_protocol::v311);
  choice.worked();
  CHECK_FALSE(choice.failed(failure::other));
  CHECK(choice.next() == mqtt_protocol::v311);
}

TEST_CASE("hang-ups before a connection that worked do not count") {
  protocol_choice choice(mqtt_protocol::automatic);
  choice.worked();
  for (int i = 0; i < 4; ++i) choice.failed(failure::hung_up);
  choice.worked();
  for (int i = 0; i < 4; ++i) CHECK_FALSE(choice.failed(failure::hung_up));
  CHECK(choice.failed(failure::hung_up));
}

TEST_CASE("an unproven fall-back that cannot be reached does not stick") {
  protocol_choice choice(mqtt_protocol::automatic);
  choice.failed(failure::hung_up);
  CHECK_FALSE(choice.failed(failure::other));
  CHECK(choice.next() == mqtt_protocol::v5);
}
