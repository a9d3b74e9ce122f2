#pragma once

#include <string>

#include "load_run.hpp"

namespace bench {

/// Returns one line of JSON for a measurement; the README describes the fields.
std::string to_json(const load_options& options, const load_result& result);
std::string to_json(const load_options& options, const held_result& result);

}  // namespace bench
