#include "output/exchange_fields.hpp"

#include <charconv>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/protocol/envelope.hpp>

namespace mqcoap::cli {
namespace {

std::optional<std::int64_t> integer_of(std::string_view json) {
  std::int64_t number = 0;
  const auto read = std::from_chars(json.data(), json.data() + json.size(), number);
  if (json.empty() || read.ec != std::errc{} || read.ptr != json.data() + json.size()) return std::nullopt;
  return number;
}

std::string string_of(std::string_view json) { return json.starts_with('"') ? decode_json_string(json) : ""; }

std::optional<method> method_of(std::string_view json) {
  if (json.starts_with('"')) return parse_method(decode_json_string(json));
  const auto number = integer_of(json);
  for (method m : all_methods)
    if (number == static_cast<std::int64_t>(m)) return m;
  return std::nullopt;
}

std::string fault_of(const exchange_topic& topic, std::string_view payload) {
  if (topic.which() == exchange_topic::kind::request) {
    const auto decoded = decode_request(payload, topic.id(), foreign_rules);
    return decoded ? "" : decoded.error().message;
  }
  const auto decoded = decode_response(payload, foreign_rules);
  if (!decoded) return decoded.error().message;
  return decoded->id.text() == topic.id() || !request_id::parse(topic.id(), validation::lenient) ||
                 decoded->id == *request_id::parse(topic.id(), validation::lenient)
             ? ""
             : "header.request_id is not the id of the topic";
}

}  // namespace

std::string exchange_key(const exchange_topic& topic) {
  std::string key(topic.subsystem());
  return key.append(1, '/').append(topic.tag()).append(1, '/').append(topic.id());
}

exchange_fields read_fields(const exchange_topic& topic, std::string_view payload) {
  exchange_fields out;
  out.fault = fault_of(topic, payload);
  const auto opened = envelope::open(payload, foreign_rules);
  if (!opened) return out;
  out.verb = method_of((*opened)[field::method]);
  out.code = integer_of((*opened)[field::response_code]);
  out.path = string_of((*opened)[field::path]);
  if (out.path.starts_with('/')) out.path.erase(0, 1);
  out.source = string_of((*opened)[field::source]);
  return out;
}

json_text read_body(std::string_view payload) {
  const auto opened = envelope::open(payload, foreign_rules);
  return opened && !opened->body.empty() ? json_text::from_validated(opened->body) : json_text();
}

}  // namespace mqcoap::cli
