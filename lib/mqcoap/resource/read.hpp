#pragma once

#include <functional>
#include <memory>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/state/resource_state.hpp>

namespace mqcoap {

/// Answers from what the cell has.
using read_answer = std::function<void(responder&& r)>;

/// Calls `then` when the cell is as in the store: at once, unless others store it too. Answers 503 if that
/// store does not tell, and 500 if it has something that cannot be read.
void read(resource_state& state, const std::shared_ptr<cell>& from, responder&& r, read_answer then);

}  // namespace mqcoap
