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

/// Gets the call and the answer when the changes are stored, or an error if they are not. An exception before
/// it takes the call answers 500, or 503 if memory ran out.
using write_continuation = std::function<void(responder&& r, answer&& what)>;

/// Answers a request that changes cells: decides when earlier changes of these cells have ended, and answers
/// when its changes are stored. A call that was ended before its turn changes nothing. If the changes could
/// not be stored, 500 tells a fault of the disk and 503 one that may pass, and nothing has changed; 504 if
/// nobody knows. An exception leaves the call with the caller. Needs nothing of the resource, which may be
/// destroyed by then.
/// @param then  continues in place of answering; empty: the call is answered
void write(resource_state& state, std::vector<std::shared_ptr<cell>> cells, responder&& r,
           write_decision decide, write_continuation then = {});

}  // namespace mqcoap
