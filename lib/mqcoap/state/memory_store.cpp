#include <mqcoap/state/memory_store.hpp>

namespace mqcoap {

void memory_store::commit(state_commit /*what*/, commit_handler done) { done({}); }

}  // namespace mqcoap
