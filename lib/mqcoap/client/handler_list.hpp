#pragma once

#include <memory>
#include <mqcoap/client/handler_chain.hpp>
#include <mutex>
#include <utility>
#include <vector>

namespace mqcoap {

/// Unique in the process: requests and responses have separate chains, but share one `remove`.
handler_id next_handler_id() noexcept;

/// Handlers in the order in which they were added. A run uses the handlers that existed when it began, so
/// that a handler may add and remove others, and itself.
/// @par Threads  Any; a run never waits for `add` or `remove`.
template <class Handler>
class handler_list {
 public:
  /// Shared by the lists before and after a change, because a handler may have state.
  struct entry {
    handler_id id;
    std::shared_ptr<const Handler> handler;
  };
  using snapshot = std::shared_ptr<const std::vector<entry>>;

  handler_id add(Handler h) {
    const std::lock_guard lock(mutex_);
    const handler_id id = next_handler_id();
    auto changed = std::make_shared<std::vector<entry>>(*entries_);
    changed->push_back({id, std::make_shared<const Handler>(std::move(h))});
    entries_ = std::move(changed);
    return id;
  }

  /// Removes a handler. Returns false if it does not exist, or no longer exists.
  bool remove(handler_id id) {
    snapshot before;  // destroyed after the lock is released: what a handler owns may call back
    const std::lock_guard lock(mutex_);
    auto changed = std::make_shared<std::vector<entry>>(*entries_);
    if (std::erase_if(*changed, [id](const entry& e) { return e.id == id; }) == 0) return false;
    before = std::exchange(entries_, std::move(changed));
    return true;
  }

  void clear() {
    snapshot before = std::make_shared<std::vector<entry>>();
    const std::lock_guard lock(mutex_);
    entries_.swap(before);
  }

  snapshot now() const {
    const std::lock_guard lock(mutex_);
    return entries_;
  }

 private:
  mutable std::mutex mutex_;
  snapshot entries_ = std::make_shared<std::vector<entry>>();
};

}  // namespace mqcoap
