#include <doctest/doctest.h>

#include <string>

#include "mqtt_packet.hpp"

using namespace bench;
using namespace std::string_literals;

namespace {

packet only_packet(const byte_buffer& bytes) {
  packet p;
  REQUIRE(split_packet(bytes.view(), p) == split_result::complete);
  REQUIRE(p.size == bytes.size());
  return p;
}

}  // namespace

TEST_CASE(
    "a PUBLISH is parsed as it was written, in both versions, at both QoS, at every size of the length "
    "field") {
  for (const auto version : {mqtt_version::v311, mqtt_version::v5}) {
    for (const int qos : {0, 1}) {
      for (const std::size_t size : {0, 1, 100, 127, 128, 16383, 16384, 2097151, 2097152}) {
        const std::string body(size, 'x');
        byte_buffer out;
        append_publish(out, version, qos, 77, {"a/", "b"}, {body, "end"});
        const auto p = only_packet(out);
        CHECK(p.type == packet_type::publish);
        const auto m = parse_publish(p.flags, p.body, version);
        REQUIRE(m);
        CHECK(m->topic == "a/b");
        CHECK(m->payload == body + "end");
        CHECK(m->qos == qos);
        CHECK(m->packet_id == (qos ? 77 : 0));
      }
    }
  }
}

TEST_CASE("a PUBLISH on the wire has the bytes of the standard") {
  byte_buffer out;
  append_publish(out, mqtt_version::v311, 1, 0x0102, {"t"}, {"p"});
  CHECK(out.view() == "\x32\x06\x00\x01t\x01\x02p"s);
  out.consume(out.size());
  append_publish(out, mqtt_version::v5, 0, 0, {"t"}, {"p"});
  CHECK(out.view() == "\x30\x05\x00\x01t\x00p"s);
}

TEST_CASE("properties in front of a payload are skipped") {
  const auto body = "\x00\x01t\x05\x01\x01\x23\x00\x07payload"s;
  const auto m = parse_publish(0, body, mqtt_version::v5);
  REQUIRE(m);
  CHECK(m->payload == "payload");
}

TEST_CASE("a packet that is truncated anywhere is incomplete, and its size is known after its header") {
  byte_buffer out;
  append_publish(out, mqtt_version::v311, 0, 0, {"topic"}, {std::string(300, 'x')});
  for (std::size_t n = 0; n < out.size(); ++n) {
    packet p;
    CHECK(split_packet(out.view().substr(0, n), p) == split_result::incomplete);
    CHECK(p.size == (n < 3 ? 0 : out.size()));
  }
}

TEST_CASE("a length of more than four bytes is malformed") {
  packet p;
  CHECK(split_packet("\x30\xff\xff\xff\xff\x01"s, p) == split_result::malformed);
}

TEST_CASE("fields that reach beyond their packet are refused") {
  CHECK_FALSE(parse_publish(0, "\x00\x09topic"s, mqtt_version::v311));
  CHECK_FALSE(parse_publish(2, "\x00\x01t\x00"s, mqtt_version::v311));       // a truncated packet id
  CHECK_FALSE(parse_publish(2, "\x00\x01t\x00\x00p"s, mqtt_version::v311));  // packet id 0
  CHECK_FALSE(parse_publish(4, "\x00\x01t\x00\x01p"s, mqtt_version::v311));  // QoS 2
  CHECK_FALSE(parse_publish(0, "\x00\x01t\x09p"s, mqtt_version::v5));        // properties
  CHECK_FALSE(parse_subscribe("\x00\x01\x00\x05"s, mqtt_version::v311));
  CHECK_FALSE(parse_subscribe("\x00\x01"s, mqtt_version::v311));  // no filter
  CHECK_FALSE(parse_packet_id("\x00"s));
  CHECK_FALSE(parse_connack("\x00"s));
}

TEST_CASE("the receive maximum of a version 5 CONNECT is found among other properties") {
  const auto body =
      "\x00\x04MQTT\x05\x02\x00\x0a"
      "\x0d\x11\x00\x00\x00\x00\x21\x00\x14\x27\x00\x10\x00\x00"
      "\x00\x02id"s;
  const auto c = parse_connect(body);
  REQUIRE(c);
  CHECK(c->version == mqtt_version::v5);
  CHECK(c->receive_maximum == 20);
  CHECK(c->keepalive == 10);
  CHECK(c->client_id == "id");
}

TEST_CASE("our own CONNECT is a 3.1.1 one with a clean session") {
  byte_buffer out;
  append_connect(out, "load", 0);
  CHECK(out.view() == "\x10\x10\x00\x04MQTT\x04\x02\x00\x00\x00\x04load"s);
  const auto c = parse_connect(only_packet(out).body);
  REQUIRE(c);
  CHECK(c->version == mqtt_version::v311);
  CHECK(c->client_id == "load");
  CHECK(c->receive_maximum == 65535);
}

TEST_CASE("other protocols and unknown properties are refused") {
  CHECK_FALSE(parse_connect("\x00\x06MQIsdp\x03\x02\x00\x0a\x00\x00"s));
  CHECK_FALSE(parse_connect("\x00\x04MQTT\x06\x02\x00\x0a\x00\x00\x00"s));
  CHECK_FALSE(parse_connect("\x00\x04MQTT\x05\x02\x00\x0a\x02\x55\x00\x00\x00"s));
}

TEST_CASE("a CONNACK assigns an id to a version 5 client and never to another") {
  byte_buffer out;
  append_connack(out, mqtt_version::v5, "new");
  CHECK(out.view() == "\x20\x09\x00\x00\x06\x12\x00\x03new"s);
  out.consume(out.size());
  append_connack(out, mqtt_version::v311, "new");
  CHECK(out.view() == "\x20\x02\x00\x00"s);
}

TEST_CASE("a SUBACK grants QoS 1 where 2 was asked for, for each filter") {
  const auto body =
      "\x00\x07\x00\x00\x01"
      "a\x02\x00\x01"
      "b\x00"s;
  const auto s = parse_subscribe(body, mqtt_version::v5);
  REQUIRE(s);
  CHECK(s->filters.size() == 2);
  byte_buffer out;
  append_suback(out, mqtt_version::v5, *s);
  CHECK(out.view() == "\x90\x05\x00\x07\x00\x01\x00"s);
  CHECK(suback_error(only_packet(out).body, mqtt_version::v5) == 0);
  CHECK(suback_error("\x00\x07\x00\x01\x87"s, mqtt_version::v5) == 0x87);
}

TEST_CASE("a SUBSCRIBE is parsed as it was written") {
  for (const auto version : {mqtt_version::v311, mqtt_version::v5}) {
    byte_buffer out;
    append_subscribe(out, version, 9, "a/+/b", 1);
    const auto s = parse_subscribe(only_packet(out).body, version);
    REQUIRE(s);
    CHECK(s->packet_id == 9);
    REQUIRE(s->filters.size() == 1);
    CHECK(s->filters[0].first == "a/+/b");
    CHECK(s->filters[0].second == 1);
  }
}

TEST_CASE("filters match as the standard says") {
  CHECK(topic_matches("ns/+/request/tag/+", "ns/axuv/request/tag/id"));
  CHECK_FALSE(topic_matches("ns/+/request/tag/+", "ns/axuv/request/other/id"));
  CHECK_FALSE(topic_matches("ns/+/request/tag/+", "ns/axuv/request/tag"));
  CHECK_FALSE(topic_matches("ns/+/request/tag/+", "ns/axuv/request/tag/id/more"));
  CHECK(topic_matches("ns/#", "ns/a/b"));
  CHECK(topic_matches("ns/#", "ns"));
  CHECK(topic_matches("#", "a/b"));
  CHECK_FALSE(topic_matches("ns/#", "nsx"));
  CHECK(topic_matches("+", "a"));
  CHECK_FALSE(topic_matches("+", "a/b"));
}
