#pragma once

#include <cstdint>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/settings/node.hpp>
#include <optional>
#include <string>

namespace mqcoap {

class report;

/// What a scalar is by the core schema of YAML 1.2 (section 10.3.2).
enum class scalar_kind : std::uint8_t {
  null,
  boolean,
  integer,  ///< decimal, 0o17 or 0x1F
  floating,
  not_finite,  ///< .inf and .nan, which JSON does not have
  string,
};

/// Precondition: a scalar or null.
scalar_kind classify(const node& n);

/// The value of an integer scalar, if int64 holds it.
std::optional<std::int64_t> to_int64(const node& n);

/// The value as JSON. Numbers keep the digits that were written. Faults are reported, and give nothing.
std::optional<json_text> to_json(const node& n, report& faults);

}  // namespace mqcoap
