#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/protocol/general_topic.hpp>
#include <mqcoap/protocol/presence.hpp>

namespace mqcoap {

std::string presence_topic(const namespace_name& ns, const device_tag& tag) {
  return general_topic(ns, *subsystem_name::parse("gateway"), general_topic::kind::system, tag,
                       *resource_path::parse("presence"))
      .text();
}

std::string presence_payload(bool online, unix_millis now) {
  const boost::json::object body{{"state", online ? "ONLINE" : "OFFLINE"},
                                 {"last_updated", std::to_string(now.count)}};
  std::string payload;
  encode(payload, general{json_text::from_value(body), now});
  return payload;
}

}  // namespace mqcoap
