#pragma once

#include <functional>
#include <memory>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/state/resource_state.hpp>
#include <vector>

namespace mqcoap {

/// Called when earlier changes of the cells have ended: reads the cells, returns the answer, and adds the
/// changes that must be stored before the answer is sent. A rejection has no changes.
using write_decision = std::function<answer(const call&, std::vector<change>&)>;

/// Called with the call and the answer when the changes are stored, or with an error if they are not. If it
/// throws before it takes the call, the answer is 500, or 503 for std::bad_alloc.
using write_continuation = std::function<void(responder&& r, answer&& what)>;

/// Answers a request that changes cells: calls `decide` when earlier changes of these cells have ended, and
/// answers when its changes are stored. A call that ended before that changes nothing. If the changes could
/// not be stored, nothing has changed, and the answer is 500 after a disk error, and 503 after an error that
/// may be temporary. If the outcome is unknown, the answer is 504. If this throws, the caller keeps the call.
/// Does not use the resource, which may be destroyed in the meantime.
/// @param then  called instead of answering; if empty, the call is answered
void write(resource_state& state, std::vector<std::shared_ptr<cell>> cells, responder&& r,
           write_decision decide, write_continuation then = {});

}  // namespace mqcoap
