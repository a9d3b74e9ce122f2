#pragma once

#include <functional>
#include <memory>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/state/resource_state.hpp>
#include <vector>

namespace mqcoap {

/// Looks at cells when the request has its turn: the answer, and the changes that must hold before it is
/// given. An answer that refuses comes without changes.
using write_decision = std::function<answer(const call&, std::vector<change>&)>;

/// Answers a request that changes cells: decides when earlier changes of these cells have ended, and answers
/// when what was decided holds. A call that was ended before its turn changes nothing. 503 if it could not be
/// stored, and then nothing has changed. What it throws leaves the call with the caller. Needs nothing of the
/// resource, which may be gone by then.
void write(resource_state& state, std::vector<std::shared_ptr<cell>> cells, responder&& r,
           write_decision decide);

}  // namespace mqcoap
