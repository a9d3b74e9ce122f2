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

/// Takes the answers to calls.
class reply_sink {
 public:
  virtual void reply(call& answered, answer&& what) noexcept = 0;

 protected:
  ~reply_sink() = default;
};

/// A call and the one chance to answer it. Who holds it answers, now or later, on the event loop; an answer
/// takes it away, so that answering twice is impossible. Dropped unanswered, it answers 500. The answer goes
/// nowhere if the sink is gone, or if the call was ended before: its time was over, or the gateway stopped.
/// Precondition of everything but `operator bool`: not answered and not moved from.
class responder {
 public:
  /// Holds no call.
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

  /// Returns false once the call was answered or moved away.
  explicit operator bool() const noexcept { return call_ != nullptr; }
  const call& operator*() const noexcept { return *call_; }
  const call* operator->() const noexcept { return call_.get(); }
  const request& req() const noexcept { return call_->req; }
  /// Returns the request for a change by a handler of a chain; the next handlers see it.
  request& edit() {
    if (!call_->as_it_came) call_->as_it_came = std::make_unique<const request>(call_->req);
    return call_->req;
  }
  /// Notes where the part of the path begins that a `**` resource gets. For the router.
  void set_rest_at(std::size_t at) noexcept { call_->rest_at = at; }
  /// Leaves a note for the next steps of the chain.
  void set_note(std::uint64_t note) noexcept { call_->note = note; }
  /// Exempts the call from the deadline: the proxy's hops have deadlines of their own, and outlive a reload.
  void keep_deadline() noexcept { call_->has_deadline = true; }
  /// For a handler that answers later.
  /// @param stop  called once if the call is ended before: what the handler does for it may stop. It must not
  /// throw, and may answer the call, which then goes nowhere.
  void when_cancelled(std::function<void()> stop) { call_->cancel = std::move(stop); }

  void respond(answer&& what) && noexcept {
    const auto answered = std::move(call_);
    if (answered->ended) return;
    if (const auto sink = sink_.lock()) sink->reply(*answered, std::move(what));
  }
  void fail(response_code code, std::string_view words) && noexcept {
    std::move(*this).respond(error(code, words));
  }
  /// Fails a request that was never run, so that its repetition under the same id is no duplicate.
  void refuse(response_code code, std::string_view words) && noexcept {
    auto refused = error(code, words);
    refused.never_run = true;
    std::move(*this).respond(std::move(refused));
  }

 private:
  friend class serving_core;  ///< notes how far a call has come, and takes away one that another serves

  /// Makes an error answer, without a text if there is no memory for it.
  static answer error(response_code code, std::string_view words) noexcept try {
    return answer::error(code, words);
  } catch (...) {
    answer without_words;
    without_words.code = code;
    return without_words;
  }
  void drop() noexcept {
    if (call_) std::move(*this).fail(response_code::internal_server_error, "the handler gave no answer");
  }

  std::unique_ptr<call> call_;
  std::weak_ptr<reply_sink> sink_;
};

}  // namespace mqcoap
