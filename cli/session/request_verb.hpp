#pragma once

#include "options/command.hpp"
#include "session/repeat_arguments.hpp"
#include "session/session.hpp"

namespace mqcoap::cli {

/// Parses `TAG/SUBSYSTEM/PATH`. @throws usage_failure  with a message about the part that is wrong
address read_address(const std::string& text);

/// Returns the address under which a device lists its resources. @param what  TAG or TAG/SUBSYSTEM
/// @throws usage_failure
address discovery_address(const std::string& what);

/// Connects, sends a request, repeats it if requested, and prints the outcome. @return the exit status
int run_request(const settled_options& options, request_spec what, const repeat_arguments& again);

/// Prints an outcome: the result on standard output; status line, error message and hints on standard
/// error. With -o json, `{"error": ...}` is printed on standard output if there was no answer. @return
/// the exit status
int report_outcome(const request_outcome& outcome, const request_spec& spec, const settled_options& options);

}  // namespace mqcoap::cli
