#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/exchange/pending_table.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <utility>

namespace mqcoap {

/// The calls that a handler has kept to answer later, with the time by which it has to. Ends those that it
/// does not answer: the caller gets an answer, the handler is told to stop, and what it answers afterwards
/// goes nowhere. Knows no clock: the time is an argument.
/// @par Threads  One, the one of the handlers.
class open_calls {
 public:
  /// Precondition: the call is not here; it is removed before it is answered. Both outlive its entry.
  /// @param handler  is kept as long as the entry
  void add(call& c, steady_time deadline, reply_sink& sink, std::shared_ptr<const void> handler = nullptr) {
    open_.add(&c, deadline, {&c, &sink, std::move(handler)});
  }
  /// Does nothing for a call that is not here.
  void remove(const call& c) noexcept {
    if (open_.size() > 0) open_.take(&c);
  }

  /// Ends the calls whose time is over. @param say  makes the answer to a call, and does not throw
  template <class Say>
  void expire(steady_time now, Say&& say) {
    // A call that was forwarded meanwhile is ended by the proxy.
    while (auto late = open_.take_expired(now))
      if (!late->second.what->has_deadline) end(late->second, say);
  }
  /// Ends all calls. @param say  as for `expire`
  template <class Say>
  void end_all(Say&& say) {
    // What a handler does when it is told to stop may end other calls: one at a time.
    while (auto next = open_.take_expired(steady_time::max())) end(next->second, say);
  }

  /// `steady_time::max()` if no call is here.
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
    if (stop) stop();  // the handler may let go of the call
  }

  pending_table<entry, const call*, std::hash<const call*>> open_;
};

}  // namespace mqcoap
