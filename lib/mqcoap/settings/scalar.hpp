#pragma once

#include <cstdint>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/settings/node.hpp>
#include <optional>
#include <string>

namespace mqcoap {

class report;

/// The kind of a scalar by the core schema of YAML 1.2 (section 10.3.2).
enum class scalar_kind : std::uint8_t {
  null,
  boolean,
  integer,  ///< decimal, 0o17 or 0x1F
  floating,
  not_finite,  ///< .inf and .nan, which JSON does not have
  string,
};

/// Returns the kind of a node. Precondition: it is a scalar or null.
scalar_kind classify(const node& n);

/// Returns the value of an integer scalar, if it fits into int64.
std::optional<std::int64_t> to_int64(const node& n);

/// Returns the value as JSON. Numbers keep their digits. Returns nothing after reporting an error.
std::optional<json_text> to_json(const node& n, report& faults);
/// Appends the value as JSON. Returns false after reporting an error; the appended text is then
/// not valid JSON.
bool append_json(std::string& out, const node& n, report& faults);

}  // namespace mqcoap
