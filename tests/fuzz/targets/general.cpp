#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/protocol/presence.hpp>

#include "payload_properties.hpp"
#include "targets.hpp"

namespace mqcoap::fuzz {
namespace {

std::string general_text(const general& g) {
  std::string out;
  encode(out, g);
  return out;
}

/// Checks that the header determines the kind of a payload (docs/protocol.md, "Payloads").
void check_kind(const decoded_message& m, const boost::json::value& payload) {
  const auto header = header_of(payload);
  const auto* method = header.if_contains("method");
  const auto* code = header.if_contains("response_code");
  if (std::holds_alternative<request>(m)) HOLDS(method != nullptr && !method->is_null());
  if (std::holds_alternative<response>(m)) HOLDS(code != nullptr && (method == nullptr || method->is_null()));
  if (std::holds_alternative<general>(m)) HOLDS(code == nullptr && method == nullptr);
}

void check_presence(std::string_view payload, const general& g) {
  const auto presence = read_presence(payload);
  HOLDS(presence);
  const auto from_encoded = read_presence(general_text(g));
  HOLDS(from_encoded);
  HOLDS(from_encoded->state == presence->state);
  HOLDS(from_encoded->updated == presence->updated);
}

void check_general(std::string_view payload, const decode_rules& rules) {
  const auto read = decode(payload, rules);
  if (!read) return check_fault(read.error());
  const auto tree = build_json(payload);
  check_kind(*read, tree);
  const auto* g = std::get_if<general>(&*read);
  if (g == nullptr) return;
  HOLDS(is_body_of(tree, g->body));
  const auto again = decode(general_text(*g), rules);
  HOLDS(again && std::holds_alternative<general>(*again));
  HOLDS(std::get<general>(*again).body == g->body);
  HOLDS(std::get<general>(*again).sent_at == g->sent_at);
  check_presence(payload, *g);
}

}  // namespace

void run_general(std::string_view payload) {
  check_general(payload, {});
  check_general(payload, {.limits = {}, .ids = validation::lenient});
}

}  // namespace mqcoap::fuzz
