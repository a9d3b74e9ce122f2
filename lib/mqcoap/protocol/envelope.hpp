#pragma once

#include <array>
#include <cstdint>
#include <mqcoap/protocol/codec.hpp>
#include <string_view>
#include <vector>

namespace mqcoap {

/// The header fields of the protocol (docs/protocol.md, "Payloads" and "Options").
enum class field : std::uint8_t {
  method,
  response_code,
  path,
  request_id,
  correlation_id,
  token,
  source,
  location,
  proxy_uri,
  timeout_ms,
  hops,
  etag,
  if_match,
  if_none_match,
  accept,
  content_format,
  max_age,
  critical,
  traceparent,
};
inline constexpr std::size_t field_count = static_cast<std::size_t>(field::traceparent) + 1;

std::string_view to_string(field f) noexcept;

/// Returns true for the options of docs/protocol.md, "Options", which a caller may list in `critical`.
constexpr bool is_option(field f) noexcept { return f >= field::proxy_uri; }
/// Returns true if there is an option of this name.
bool is_known_option(std::string_view name) noexcept;

/// A payload split into the texts of its fields, before any of them is interpreted.
struct envelope {
  bool has_header = false;                           ///< an object; absent and null are equivalent
  std::array<std::string_view, field_count> fields;  ///< JSON texts; empty: absent
  std::vector<header_field> unknown;
  std::string_view body;       ///< empty: absent
  std::string_view timestamp;  ///< empty: absent

  std::string_view operator[](field f) const noexcept { return fields[static_cast<std::size_t>(f)]; }
  /// Returns true if the field is absent or null.
  bool lacks(field f) const noexcept { return (*this)[f].empty() || (*this)[f] == "null"; }

  /// Returns true if there is any field of docs/protocol.md, "Options".
  bool has_options() const noexcept;

  /// @param payload  must outlive the envelope
  static result<envelope, decode_fault> open(std::string_view payload, const decode_rules& rules);
};

/// Copies from the header into a fault the values that the answer repeats: only those that a decoder with
/// these rules accepts.
void add_echo(decode_fault& fault, const envelope& e, const decode_rules& rules);

}  // namespace mqcoap
