#pragma once

#include <deque>
#include <functional>
#include <mqcoap/state/state_store.hpp>
#include <utility>
#include <vector>

namespace mqcoap::test {

/// A store whose commits complete when the test decides.
class slow_store final : public state_store {
 public:
  struct commit_call {
    std::vector<stored_value> values;
    commit_handler done;
  };

  void commit(state_commit what, commit_handler done) override {
    under_way.push_back({std::move(what.values), std::move(done)});
  }
  /// Completes the oldest pending commit.
  void end_one(error_code why = {}) {
    auto first = std::move(under_way.front());
    under_way.pop_front();
    first.done(why);
  }
  void end_all() {
    while (!under_way.empty()) end_one();
  }

  std::deque<commit_call> under_way;
};

}  // namespace mqcoap::test
