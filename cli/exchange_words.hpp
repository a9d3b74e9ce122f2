#pragma once

#include <string>

#include "exchange_pairing.hpp"

namespace mqcoap::cli {

/// One line for a person, without a newline: local time, from, address, method, code, milliseconds, sizes.
/// What peers wrote cannot end the line or steer the terminal.
std::string to_line(const seen_exchange& e, bool colour);

/// One object for a program, on one line.
std::string to_json_line(const seen_exchange& e);

/// All of it, in a few lines: how many, by code, percentiles.
std::string to_summary(const pairing_totals& totals);

}  // namespace mqcoap::cli
