#include <mqcoap/state/memory_store.hpp>

namespace mqcoap {

void memory_store::commit(std::vector<stored_value> /*values*/, std::function<void(error_code)> done) {
  done({});
}

}  // namespace mqcoap
