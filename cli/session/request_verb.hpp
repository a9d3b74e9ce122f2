#pragma once

#include "options/command.hpp"
#include "session/repeat_words.hpp"
#include "session/session.hpp"

namespace mqcoap::cli {

/// Reads `TAG/SUBSYSTEM/PATH`. @throws usage_failure  that says which part is wrong
address read_address(const std::string& text);

/// Returns the address at which a device lists its resources. @param what  TAG or TAG/SUBSYSTEM. @throws
/// usage_failure
address discovery_address(const std::string& what);

/// Connects, sends a request, repeats it if requested, and writes the outcome. @return the exit status
int run_request(const settled_options& options, request_spec what, const repeat_words& again);

/// Writes an outcome: the result to standard output; status line, error text and hints to standard error.
/// With -o json, standard output gets `{"error": ...}` if there was no answer. @return its exit status
int report_outcome(const request_outcome& outcome, const request_spec& asked, const settled_options& options);

}  // namespace mqcoap::cli
