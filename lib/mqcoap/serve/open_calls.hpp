#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/exchange/pending_table.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <utility>

namespace mqcoap {

/// The calls that a handler has kept to answer later, with their deadlines. Ends those that it does not
/// answer in time: the caller gets an answer, the handler is told to stop, and its later answer is dropped.
/// Knows no clock: the time is an argument.
/// @par Threads  Used by one thread, that of the handlers.
class open_calls {
 public:
  /// Precondition: the call has no entry; its entry is removed before it is answered. Both arguments outlive
  /// the entry.
  /// @param handler  is kept alive by the entry
  void add(call& c, steady_time deadline, reply_sink& sink, std::shared_ptr<const void> handler = nullptr) {
    open_.add(&c, deadline, {&c, &sink, std::move(handler)});
  }
  /// Does nothing for a call without an entry.
  void remove(const call& c) noexcept {
    if (open_.size() > 0) open_.take(&c);
  }

  /// Ends the calls whose deadline has passed. @param say  makes the answer to a call, and does not throw
  template <class Say>
  void expire(steady_time now, Say&& say) {
    // The proxy ends a call that was forwarded in the meantime.
    while (auto late = open_.take_expired(now))
      if (!late->second.what->has_deadline) end(late->second, say);
  }
  /// Ends all calls. @param say  as for `expire`
  template <class Say>
  void end_all(Say&& say) {
    // A handler that is told to stop may end other calls; therefore one call at a time.
    while (auto next = open_.take_expired(steady_time::max())) end(next->second, say);
  }

  /// Returns the earliest deadline; `steady_time::max()` without calls.
  steady_time next_deadline() const noexcept { return open_.earliest(); }
  std::size_t size() const noexcept { return open_.size(); }

 private:
  struct entry {
    call* what;
    reply_sink* sink;
    std::shared_ptr<const void> handler;
  };

  template <class Say>
  static void end(const entry& e, Say& say) {
    auto& c = *e.what;
    c.ended = true;
    const auto stop = std::exchange(c.cancel, {});
    e.sink->reply(c, say(std::as_const(c)));
    if (stop) stop();  // the handler may release the call
  }

  pending_table<entry, const call*, std::hash<const call*>> open_;
};

}  // namespace mqcoap
