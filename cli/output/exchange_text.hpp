#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "output/exchange_pairing.hpp"

namespace mqcoap::cli {

/// Returns `404 not_found`, or only the number if the code is not in the table. @param otherwise  returned if
/// there is no code
std::string code_text(std::optional<std::int64_t> code, std::string_view otherwise);

/// Returns one line for people, without a newline: local time, source, method, address, code, milliseconds,
/// sizes. Text from peers cannot break the line or control the terminal.
std::string to_line(const seen_exchange& e, bool colour);

/// Returns one JSON object on a single line, for programs.
std::string to_json_line(const seen_exchange& e);

/// Returns a summary in a few lines: totals, codes, percentiles.
std::string to_summary(const pairing_totals& totals);

}  // namespace mqcoap::cli
