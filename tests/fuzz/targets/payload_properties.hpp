#pragma once

#include <boost/json/object.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/json/json_tree.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/schema/json_compare.hpp>
#include <set>
#include <string>
#include <string_view>

#include "../property.hpp"

// Properties that hold for payloads of every kind.
namespace mqcoap::fuzz {

inline constexpr std::string_view some_id = "16fd2706-8baf-433b-82eb-8c7fada847da";

/// Returns the header of a payload that was decoded; empty if it has none.
inline boost::json::object header_of(const boost::json::value& payload) {
  const auto* header = payload.get_object().if_contains("header");
  return header != nullptr && header->is_object() ? header->get_object() : boost::json::object();
}

/// Returns true if the decoded body equals the one in the payload.
inline bool is_body_of(const boost::json::value& payload, const json_text& decoded) {
  const auto* body = payload.get_object().if_contains("body");
  return equal_json(body != nullptr ? *body : boost::json::value(), decoded.value());
}

/// Returns true if all fields that are passed on are in the payload, with the same values.
inline bool are_fields_of(const boost::json::object& header, const std::vector<header_field>& passed_on) {
  std::set<std::string> seen;
  for (auto f = passed_on.rbegin(); f != passed_on.rend(); ++f) {
    const auto key = decode_json_string(f->key);
    const auto* value = header.if_contains(key);
    // Of duplicate keys, the tree contains the last one.
    if (value == nullptr || (seen.insert(key).second && !equal_json(*value, build_json(f->value))))
      return false;
  }
  return true;
}

/// Checks that a fault has a readable message, and results in an answer that can be decoded and contains
/// the same message.
inline void check_fault(const decode_fault& fault) {
  HOLDS(is_error(fault.code));
  HOLDS(!fault.message.empty());
  HOLDS(fault.message.size() <= 400);
  HOLDS(is_safe(fault.message));
  HOLDS(fault.field.size() <= 64);
  std::string text;
  encode_fault(text, fault, some_id, "GW_1", {1'745'534'869'619});
  const auto answer = decode_response(text, {.limits = {}, .ids = validation::lenient});
  HOLDS(answer);
  HOLDS(answer->code == fault.code);
  HOLDS(answer->id.text() == some_id);
  HOLDS(answer->correlation_id.has_value() == !fault.correlation_id.empty());
  HOLDS(answer->path.text() == (fault.path.empty() ? "unknown" : decode_json_string(fault.path)));
  HOLDS(answer->body == json_text::from_string(fault.message));
}

}  // namespace mqcoap::fuzz
