#include <support/result_printer.hpp>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <string>

namespace {

using namespace mqcoap;
namespace json = boost::json;

std::string text_of(const json::object& o, std::string_view key) {
  const auto* value = o.if_contains(key);
  return value ? std::string(value->as_string()) : std::string();
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

const char* kind_of(const decoded_message& m) {
  return std::holds_alternative<request>(m)    ? "request"
         : std::holds_alternative<response>(m) ? "response"
                                               : "general";
}

json::array load_vectors() {
  std::ifstream file(MQCOAP_TESTS_DIR "/vectors/payloads.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return json::parse(text).as_array();
}

/// Decodes a request with the id in its topic, as the gateway does, and other messages as the kind that
/// they claim to be.
result<decoded_message, decode_fault> decode_vector(const json::object& vector, const std::string& payload,
                                                    validation ids) {
  decode_rules rules;
  rules.ids = ids;
  if (text_of(vector, "kind") != "request") return decode(payload, rules);
  const auto topic = exchange_topic::parse(text_of(vector, "topic"));
  REQUIRE(topic);
  auto r = decode_request(payload, topic->id(), rules);
  if (!r) return r.error();
  return decoded_message(*r);
}

}  // namespace

TEST_CASE("every conformance vector is decoded as it says, strict and lenient") {
  const auto vectors = load_vectors();
  REQUIRE(vectors.size() >= 63);
  for (const auto& entry : vectors) {
    const auto& vector = entry.as_object();
    const auto payload = vector.contains("payload_hex") ? from_hex(text_of(vector, "payload_hex"))
                                                        : text_of(vector, "payload");
    for (const auto ids : {validation::strict, validation::lenient}) {
      const char* const name = ids == validation::strict ? "strict" : "lenient";
      CAPTURE(text_of(vector, "name"));
      CAPTURE(name);
      const auto decoded = decode_vector(vector, payload, ids);
      const bool expected_ok = text_of(vector, name) == "ok";
      CHECK_MESSAGE(decoded.has_value() == expected_ok, (decoded ? "accepted" : decoded.error().message));
      if (decoded && expected_ok) CHECK(kind_of(*decoded) == text_of(vector, "kind"));
      if (!decoded && vector.contains("field")) CHECK(decoded.error().field == text_of(vector, "field"));
      if (!decoded) CHECK_FALSE(decoded.error().message.empty());
    }
  }
}
