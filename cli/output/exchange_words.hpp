#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "output/exchange_pairing.hpp"

namespace mqcoap::cli {

/// `404 not_found`, or the number alone if the table of codes does not have it. @param otherwise  for no code
std::string code_words(std::optional<std::int64_t> code, std::string_view otherwise);

/// One line for a person, without a newline: local time, from, address, method, code, milliseconds, sizes.
/// What peers wrote cannot end the line or steer the terminal.
std::string to_line(const seen_exchange& e, bool colour);

/// One object for a program, on one line.
std::string to_json_line(const seen_exchange& e);

/// All of it, in a few lines: how many, by code, percentiles.
std::string to_summary(const pairing_totals& totals);

}  // namespace mqcoap::cli
