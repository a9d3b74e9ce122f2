#include <mqcoap/protocol/codec.hpp>

#include "payload_properties.hpp"
#include "targets.hpp"

namespace mqcoap::fuzz {
namespace {

std::string request_text(const request& r, wire_format format) {
  std::string out;
  encode(out, r, format);
  return out;
}

/// Checks that the decoded request agrees with the tree of the payload.
void compare_with_tree(const request& r, const boost::json::value& payload) {
  const auto header = header_of(payload);
  HOLDS(header.at("path") == boost::json::string_view(r.path.text()));
  HOLDS(header.at("request_id") == boost::json::string_view(r.id.text()));
  HOLDS(is_body_of(payload, r.body));
  HOLDS(are_fields_of(header, r.unknown));
  if (r.token) HOLDS(header.at("token") == boost::json::string_view(r.token->reveal()));
  if (!r.source.empty()) HOLDS(header.at("source") == boost::json::string_view(r.source));
  if (r.options->timeout) HOLDS(equal_json(header.at("timeout_ms"), r.options->timeout->count()));
  if (r.options->hops) HOLDS(equal_json(header.at("hops"), *r.options->hops));
}

/// Returns rules with the default payload limit, because an encoded request may be longer than the payload
/// that was decoded.
decode_rules rules_for_written(decode_rules rules) {
  rules.limits.payload = payload_limits{}.payload;
  return rules;
}

/// Checks that both wire formats of a request decode to the same request.
void check_encoded_again(const request& r, const decode_rules& rules) {
  const auto full = request_text(r, wire_format::full);
  for (const auto format : {wire_format::full, wire_format::compact}) {
    const auto again = decode_request(request_text(r, format), r.id.text(), rules);
    HOLDS(again);
    HOLDS(request_text(*again, wire_format::full) == full);
  }
}

/// Checks that an answer contains what a caller looks for, and that a caller with the same rules can read it.
void check_answer(const request& r, const decode_rules& rules) {
  answer a;
  a.body = r.body;
  a.unknown = r.unknown;
  std::string text;
  encode_answer(text, a, r, "GW_1", {1'745'534'869'619});
  const auto read = decode_response(text, rules);
  HOLDS(read);
  HOLDS(read->code == a.code);
  HOLDS(read->path.text() == r.path.text());
  HOLDS(read->id.text() == r.id.text());
  HOLDS(read->correlation_id == r.correlation_id);
  HOLDS(read->body == r.body);
}

void check_request(std::string_view payload, const decode_rules& rules) {
  const auto any = decode(payload, rules);
  const auto* r = any ? std::get_if<request>(&*any) : nullptr;
  const auto as_request = decode_request(payload, r != nullptr ? r->id.text() : some_id, rules);
  HOLDS(as_request.has_value() == (r != nullptr));
  if (!as_request) return check_fault(as_request.error());
  HOLDS(request_text(*as_request, wire_format::full) == request_text(*r, wire_format::full));
  HOLDS(!decode_response(payload, rules));
  const auto other_topic = decode_request(payload, some_id, rules);
  HOLDS(other_topic.has_value() == (r->id == *request_id::parse(some_id)));
  if (!other_topic) HOLDS(other_topic.error().field == "request_id");
  compare_with_tree(*r, build_json(payload));
  check_encoded_again(*r, rules_for_written(rules));
  check_answer(*r, rules_for_written(rules));
}

}  // namespace

void run_request(std::string_view payload) {
  check_request(payload, {});
  check_request(payload, {.limits = {}, .ids = validation::lenient});
  check_request(payload, {.limits = {.payload = 300, .depth = 4, .path = 20}});
}

}  // namespace mqcoap::fuzz
