#pragma once

#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <string>

namespace mqcoap {

/// Returns the text to append to the error message for a write that may or may not have run
/// (docs/protocol.md, "Run once"); empty for a GET.
inline std::string may_have_run(method verb) {
  return verb == method::get ? "" : "; the " + std::string(to_string(verb)) + " may have been run";
}
inline std::string may_have_run(const call& c) { return may_have_run(c.original_request().verb); }

}  // namespace mqcoap
