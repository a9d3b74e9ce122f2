#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/exchange/pending_table.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <utility>

namespace mqcoap {

/// The calls that handlers keep to answer them later, with their deadlines. Fails the calls that are not
/// answered in time: the caller gets an error, the handler is told to stop, and its later answer is dropped.
/// Has no clock: the time is passed as an argument.
/// @par Threads  Used by one thread, that of the handlers.
class open_calls {
 public:
  /// Adds a call. Precondition: it has no entry. The entry is removed before the call is answered; `c` and
  /// `sink` outlive it.
  /// @param handler  the owner of the handler, which the entry keeps alive
  void add(call& c, steady_time deadline, reply_sink& sink, std::shared_ptr<const void> handler = nullptr) {
    open_.add(&c, deadline, {&c, &sink, std::move(handler)});
  }
  /// Has no effect for a call without an entry.
  void remove(const call& c) noexcept {
    if (open_.size() > 0) open_.take(&c);
  }

  /// Fails the calls whose deadline has passed. @param say  builds the answer to a call, and does not throw
  template <class Say>
  void expire(steady_time now, Say&& say) {
    // A call that was forwarded in the meantime is ended by the proxy.
    while (auto late = open_.take_expired(now))
      if (!late->second.what->has_deadline) end(late->second, say);
  }
  /// Fails all calls. @param say  as for `expire`
  template <class Say>
  void end_all(Say&& say) {
    // Takes one call at a time, because a handler that is told to stop may end other calls.
    while (auto next = open_.take_expired(steady_time::max())) end(next->second, say);
  }

  /// Returns the earliest deadline; `steady_time::max()` if there are no calls.
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
