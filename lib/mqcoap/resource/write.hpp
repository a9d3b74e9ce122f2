#pragma once

#include <functional>
#include <memory>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/state/resource_state.hpp>
#include <vector>

namespace mqcoap {

/// Reads the cells when the request has its turn: returns the answer, and the changes that must be stored
/// before it is sent. A refusal has no changes.
using write_decision = std::function<answer(const call&, std::vector<change>&)>;

/// Answers a request that changes cells: decides when earlier changes of these cells have ended, and answers
/// when its changes are stored. A call that was ended before its turn changes nothing. 503 if the changes
/// could not be stored, and then nothing has changed. An exception leaves the call with the caller. Needs
/// nothing of the resource, which may be destroyed by then.
void write(resource_state& state, std::vector<std::shared_ptr<cell>> cells, responder&& r,
           write_decision decide);

}  // namespace mqcoap
