#pragma once

#include <mqcoap/state/state_store.hpp>

namespace mqcoap {

/// Stores nothing: the state exists only in the cells, and changes complete at once.
class memory_store final : public state_store {
 public:
  void commit(state_commit what, commit_handler done) override;
};

}  // namespace mqcoap
