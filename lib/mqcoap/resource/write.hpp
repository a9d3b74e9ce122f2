#pragma once

#include <functional>
#include <memory>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/state/resource_state.hpp>
#include <type_traits>
#include <utility>

namespace mqcoap {

/// Called with the call and the answer when the changes are stored, or with an error if they are not. If it
/// throws before it takes the call, the answer is 500, or 503 for std::bad_alloc.
using write_continuation = std::function<void(responder&& r, answer&& what)>;

namespace detail {

/// A request that changes cells.
class request_batch : public batch {
 public:
  request_batch(cell_list cells, responder&& r, write_continuation&& then) noexcept
      : cells_(std::move(cells)), responder_(std::move(r)), then_(std::move(then)) {}

  cell_list cells() const override { return cells_; }
  change_list decide() override;
  void finish(error_code why) noexcept override;
  responder give_back() noexcept { return std::move(responder_); }

 private:
  virtual answer judge(const call& c, change_list& changes) = 0;

  const cell_list cells_;
  responder responder_;
  const write_continuation then_;
  answer answer_;
};

/// Holds the decision itself, so that a request needs no further allocation.
template <class Decide>
class deciding_batch final : public request_batch {
  static_assert(std::is_nothrow_move_constructible_v<Decide>, "else the call would be lost if it throws");

 public:
  deciding_batch(cell_list cells, responder&& r, Decide&& decide, write_continuation&& then) noexcept
      : request_batch(std::move(cells), std::move(r), std::move(then)), decide_(std::move(decide)) {}

 private:
  answer judge(const call& c, change_list& changes) override { return decide_(c, changes); }

  Decide decide_;
};

void submit_write(resource_state& state, std::unique_ptr<request_batch> made, responder& r);

}  // namespace detail

/// Answers a request that changes cells: calls `decide` when earlier changes of these cells have ended, and
/// answers when its changes are stored. A call that ended before that changes nothing. If the changes could
/// not be stored, nothing has changed, and the answer is 500 after a disk error, and 503 after an error that
/// may be temporary. If the outcome is unknown, the answer is 504. If this throws, the caller keeps the call.
/// Does not use the resource, which may be destroyed in the meantime.
/// @param decide  called as `answer decide(const call&, change_list&)`: reads the cells, returns the answer,
///   and adds the changes that must be stored before the answer is sent. A rejection has no changes
/// @param then  called instead of answering; if empty, the call is answered
template <class Decide>
void write(resource_state& state, cell_list cells, responder&& r, Decide decide,
           write_continuation then = {}) {
  detail::submit_write(state,
                       std::make_unique<detail::deciding_batch<Decide>>(std::move(cells), std::move(r),
                                                                        std::move(decide), std::move(then)),
                       r);
}

}  // namespace mqcoap
