#include <mqcoap/protocol/codec.hpp>

#include "payload_properties.hpp"
#include "targets.hpp"

namespace mqcoap::fuzz {
namespace {

/// Encodes a decoded response, as the proxy does.
std::string response_text(const response& r) {
  const request requested{method::get, r.path, r.id, r.correlation_id};
  std::string out;
  encode_answer(out, r, requested, "GW_1", r.sent_at.value_or(unix_millis{1}));
  return out;
}

void compare_with_tree(const response& r, const boost::json::value& payload, code_rules codes) {
  const auto header = header_of(payload);
  HOLDS(header.at("path") == boost::json::string_view(r.path.text()));
  HOLDS(header.at("request_id") == boost::json::string_view(r.id.text()));
  HOLDS(is_body_of(payload, r.body));
  HOLDS(are_fields_of(header, r.unknown));
  const auto code = header.at("response_code").to_number<std::int64_t>();
  if (codes == code_rules::table)
    HOLDS(code == to_int(r.code));
  else
    HOLDS(fold_foreign_code(code) == r.code);
  if (!r.location.empty()) HOLDS(header.at("location") == boost::json::string_view(r.location));
  if (!r.options.etag.empty()) HOLDS(header.at("etag") == boost::json::string_view(r.options.etag));
  if (r.options.max_age) HOLDS(equal_json(header.at("max_age"), *r.options.max_age));
}

void check_response(std::string_view payload, const decode_rules& rules) {
  const auto read = decode_response(payload, rules);
  const auto any = decode(payload, rules);
  HOLDS(read.has_value() == (any && std::holds_alternative<response>(*any)));
  if (!read) return check_fault(read.error());
  const auto text = response_text(*read);
  HOLDS(response_text(std::get<response>(*any)) == text);
  compare_with_tree(*read, build_json(payload), rules.codes);
  const auto again = decode_response(text, rules);
  HOLDS(again);
  HOLDS(response_text(*again) == text);
}

}  // namespace

void run_response(std::string_view payload) {
  for (const auto ids : {validation::strict, validation::lenient})
    for (const auto codes : {code_rules::table, code_rules::foreign})
      check_response(payload, {.limits = {}, .ids = ids, .codes = codes});
}

}  // namespace mqcoap::fuzz
