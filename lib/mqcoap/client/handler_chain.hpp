#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/protocol/response.hpp>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace mqcoap {

class failed_step;

/// Names a handler in its chain, for removing it.
enum class handler_id : std::uint64_t {};

/// Unique in the process: requests and responses have chains of their own, and one `remove`.
handler_id next_handler_id() noexcept;

/// Handlers in the order in which they were added. A run sees the handlers that were there when it began, so
/// that a handler may add and remove others, and itself.
/// @par Threads  Any; a run never waits for `add` or `remove`.
template <class Handler>
class handler_list {
 public:
  /// Shared by the lists before and after a change: a handler may have a state of its own.
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

  /// False if there is no such handler (any more).
  bool remove(handler_id id) {
    snapshot before;  // goes after the lock: what a handler keeps may call back
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

/// One step in the life of a request that came in.
struct request_handler {
  std::string name{};                          ///< for the answer if it fails
  std::function<bool(const call&)> matches{};  ///< empty: every request
  /// May change the request (`r.edit()`), answer it, or move the responder away and answer later. What it
  /// throws answers the request: a response_exception with its code and detail, std::bad_alloc with 503,
  /// anything else with 500.
  std::function<void(responder& r)> process{};
  bool propagate = true;  ///< false: no further handler sees a request that this one was given
};

/// What happens to a request: the handlers in order, until one has answered or taken it, or does not
/// propagate; what is still unanswered then gets the default.
class request_chain {
 public:
  using last_resort = std::function<void(responder r)>;

  /// @param otherwise  answers what no handler answered; empty: 404
  /// @param log  hears of handlers that fail after they answered, and of those that run out of memory
  explicit request_chain(last_resort otherwise = {}, log_sink log = {});
  ~request_chain();

  handler_id add(request_handler h) { return handlers_.add(std::move(h)); }
  bool remove(handler_id id) { return handlers_.remove(id); }
  void clear() { handlers_.clear(); }

  /// Sees to it that the request is answered, now or later.
  /// @par Threads  One at a time.
  void run(responder r) const;

 private:
  bool process(const request_handler& h, responder& r) const;

  const last_resort otherwise_;
  const std::unique_ptr<failed_step> failures_;
  handler_list<request_handler> handlers_;
};

/// What is known of the request that a response answers.
struct exchange {
  address to;
  method verb;
  std::chrono::microseconds took;  ///< from sending the request to the arrival of its answer
};

/// One step in the life of a response that was waited for.
struct response_handler {
  std::string name{};                                               ///< for logs
  std::function<bool(const exchange&, const response&)> matches{};  ///< empty: every response
  std::function<void(const exchange& of, response& r)> process{};   ///< may change the response, or throw
  bool propagate = true;          ///< false: no further handler sees a response that this one was given
  bool raise_exceptions = false;  ///< what `process` throws is the outcome of the request; else it is ignored
};

/// What happens to a response before the caller sees it.
class response_chain {
 public:
  /// @param log  hears of handlers that fail and do not raise
  explicit response_chain(log_sink log = {}) : log_(std::move(log)) {}

  handler_id add(response_handler h) { return handlers_.add(std::move(h)); }
  bool remove(handler_id id) { return handlers_.remove(id); }
  void clear() { handlers_.clear(); }

  /// Runs the handlers. The result is what the caller of `request` is told: the response code of an error
  /// answer, or what a handler raised: of a response_exception its code, with its detail as the body; of a
  /// system_error its error; of anything else errc::handler_failed, with what it said as the body.
  error_code run(const exchange& of, response& r) const;

 private:
  const log_sink log_;
  handler_list<response_handler> handlers_;
};

}  // namespace mqcoap
