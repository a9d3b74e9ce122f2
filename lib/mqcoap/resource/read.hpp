#pragma once

#include <functional>
#include <memory>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/state/resource_state.hpp>

namespace mqcoap {

/// Answers from the contents of the cell.
using read_answer = std::function<void(responder&& r)>;

/// Calls `then` when the cell is up to date: at once, unless other gateways share the store. Answers 503 if
/// the shared store does not respond, and 500 if what it contains cannot be read.
void read(resource_state& state, const std::shared_ptr<cell>& from, responder&& r, read_answer then);

}  // namespace mqcoap
