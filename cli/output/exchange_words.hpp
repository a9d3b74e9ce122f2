#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "output/exchange_pairing.hpp"

namespace mqcoap::cli {

/// Returns `404 not_found`, or the number alone if the table of codes does not have it. @param otherwise  for
/// no code
std::string code_words(std::optional<std::int64_t> code, std::string_view otherwise);

/// Returns one line for people, without a newline: local time, source, address, method, code, milliseconds,
/// sizes. Text of peers cannot end the line or control the terminal.
std::string to_line(const seen_exchange& e, bool colour);

/// Returns one JSON object for programs, on one line.
std::string to_json_line(const seen_exchange& e);

/// Returns a summary in a few lines: totals, codes, percentiles.
std::string to_summary(const pairing_totals& totals);

}  // namespace mqcoap::cli
