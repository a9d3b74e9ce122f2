#pragma once

#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <string>

namespace mqcoap {

/// What the words of a failure add for a write of which nobody knows whether it ran (docs/protocol.md,
/// "Run once"); nothing for a GET.
inline std::string may_have_run(const call& c) {
  const auto verb = c.asked().verb;
  return verb == method::get ? "" : "; the " + std::string(to_string(verb)) + " may have been run";
}

}  // namespace mqcoap
