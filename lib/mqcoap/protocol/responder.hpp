#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mqcoap/protocol/call.hpp>
#include <mqcoap/protocol/request.hpp>
#include <mqcoap/protocol/response.hpp>
#include <string_view>
#include <utility>

namespace mqcoap {

/// Receives the answers to calls.
class reply_sink {
 public:
  virtual void reply(call& answered, answer&& what) noexcept = 0;

 protected:
  ~reply_sink() = default;
};

/// A call and the single right to answer it. The holder answers, now or later; a handler of a client
/// on any thread, one of the gateway on the event loop. Answering releases the call, so that it cannot be
/// answered twice. If it is destroyed unanswered, it answers 500. The answer is discarded if the sink no
/// longer exists, or if the call was ended before, because its time was up or the gateway stopped.
/// Precondition of everything except `operator bool`: not answered and not moved from.
class responder {
 public:
  /// Constructs a responder without a call.
  responder() noexcept = default;
  responder(std::unique_ptr<call> c, std::weak_ptr<reply_sink> sink) noexcept
      : call_(std::move(c)), sink_(std::move(sink)) {}
  responder(responder&&) noexcept = default;
  responder& operator=(responder&& other) noexcept {
    if (this != &other) {
      drop();
      call_ = std::move(other.call_);
      sink_ = std::move(other.sink_);
    }
    return *this;
  }
  ~responder() { drop(); }

  /// Returns false once the call has been answered or moved away.
  explicit operator bool() const noexcept { return call_ != nullptr; }
  const call& operator*() const noexcept { return *call_; }
  const call* operator->() const noexcept { return call_.get(); }
  const request& req() const noexcept { return call_->req; }
  /// Returns the request so that a handler of a chain can change it; the handlers after it see the change.
  request& edit() {
    if (!call_->as_it_came) call_->as_it_came = std::make_unique<const request>(call_->req);
    return call_->req;
  }
  /// Stores where the rest of the path begins for a `**` resource. For the router.
  void set_rest_at(std::size_t at) noexcept { call_->rest_at = at; }
  /// Leaves a note for the next steps of the chain.
  void set_note(std::uint64_t note) noexcept { call_->note = note; }
  /// Exempts the call from the deadline: the proxy's hops have their own deadlines and outlive a reload.
  void keep_deadline() noexcept { call_->has_deadline = true; }
  /// Registers a callback for a handler that answers later.
  /// @param stop  called once if the call is ended before it is answered, so that the handler can stop its
  ///   work. It must not throw, and may answer the call; that answer is discarded.
  void when_cancelled(std::function<void()> stop) { call_->cancel = std::move(stop); }

  void respond(answer&& what) && noexcept {
    const auto answered = std::move(call_);
    if (answered->ended) return;
    if (const auto sink = sink_.lock()) sink->reply(*answered, std::move(what));
  }
  void fail(response_code code, std::string_view message) && noexcept {
    std::move(*this).respond(error(code, message));
  }
  /// Fails a request that was never run, so that a repetition under the same id does not count
  /// as a duplicate.
  void refuse(response_code code, std::string_view message) && noexcept {
    auto refused = error(code, message);
    refused.never_run = true;
    std::move(*this).respond(std::move(refused));
  }

 private:
  friend class serving_core;  ///< records how far a call has come, and takes calls that another one answers

  /// Creates an error answer; its text is omitted if memory allocation fails.
  static answer error(response_code code, std::string_view message) noexcept try {
    return answer::error(code, message);
  } catch (...) {
    answer without_message;
    without_message.code = code;
    return without_message;
  }
  void drop() noexcept {
    if (call_) std::move(*this).fail(response_code::internal_server_error, "the handler gave no answer");
  }

  std::unique_ptr<call> call_;
  std::weak_ptr<reply_sink> sink_;
};

}  // namespace mqcoap
