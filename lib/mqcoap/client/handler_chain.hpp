#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/call.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/protocol/response.hpp>
#include <string>
#include <type_traits>
#include <utility>

namespace mqcoap {

/// Identifies a handler in its chain, to remove it.
enum class handler_id : std::uint64_t {};

namespace detail {

template <class T>
inline constexpr bool is_awaitable = false;
template <class T, class Executor>
inline constexpr bool is_awaitable<boost::asio::awaitable<T, Executor>> = true;

template <class F>
inline constexpr bool takes_responder = std::is_invocable_v<F&, responder&>;
/// Returns true if the handler is a function. A coroutine that takes a responder would never be run, so it
/// counts as neither a function nor a coroutine handler.
template <class F>
constexpr bool answers_as_function() {
  if constexpr (takes_responder<F>)
    return !is_awaitable<std::invoke_result_t<F&, responder&>>;
  else
    return false;
}
template <class F>
constexpr bool answers_as_coroutine() {
  // Two steps: a generic lambda for responders does not compile with a call.
  if constexpr (takes_responder<F>)
    return false;
  else if constexpr (std::is_invocable_v<F&, const call&>)
    return std::is_same_v<std::invoke_result_t<F&, const call&>, boost::asio::awaitable<answer>>;
  else
    return false;
}
template <class F, class Self>
concept other_than = !std::same_as<F, Self>;

}  // namespace detail

/// What a request handler does with a request. It takes one of two forms:
///
/// `void(responder& r)`, a function. It may change the request for the handlers after it (`r.edit()`), answer
/// it, or move the responder away and answer later.
///
/// `boost::asio::awaitable<answer>(const call& c)`, a coroutine. It takes the request, and its result is the
/// answer. It runs on the client's `get_handler_executor()`; no other handler runs between two suspensions.
/// It is cancelled (terminal) when its time limit expires or the client disconnects or is destroyed: the
/// caller is then answered on its behalf, and what it returns or throws afterwards is discarded. `c` and the
/// handler live until the coroutine ends; whatever the handler refers to must live as long, which means until
/// the event loop has run out of work after the client was destroyed.
///
/// An exception thrown by either becomes the answer: a response_exception its code and detail, std::bad_alloc
/// 503, anything else 500.
class request_process {
 public:
  using function = std::function<void(responder& r)>;
  using coroutine = std::function<boost::asio::awaitable<answer>(const call& c)>;

  request_process() = default;
  template <detail::other_than<request_process> F>
  requires(detail::answers_as_function<F>()) request_process(F f) : function_(std::move(f)) {}
  template <detail::other_than<request_process> F>
  requires(detail::answers_as_coroutine<F>()) request_process(F f) : coroutine_(std::move(f)) {}

  /// A handler is a function `void(responder&)` or a coroutine `awaitable<answer>(const call&)`.
  template <detail::other_than<request_process> F>
  requires(!detail::answers_as_function<F>() && !detail::answers_as_coroutine<F>()) request_process(F)
  = delete;

  /// Returns false if it was constructed without a function or coroutine.
  explicit operator bool() const noexcept { return function_ || coroutine_; }
  bool is_coroutine() const noexcept { return static_cast<bool>(coroutine_); }
  /// Runs the function. Precondition: it is not a coroutine.
  void operator()(responder& r) const { function_(r); }
  /// Starts the coroutine. Precondition: it is one.
  boost::asio::awaitable<answer> operator()(const call& c) const { return coroutine_(c); }

 private:
  function function_;
  coroutine coroutine_;
};

/// One step in handling an incoming request.
struct request_handler {
  std::string name{};                          ///< for the answer and the log when it fails
  std::function<bool(const call&)> matches{};  ///< empty: every request
  request_process process{};                   ///< a function, or a coroutine
  bool propagate = true;  ///< false: no further handler sees a request that this one was called for
  /// The time limit of a coroutine, counted from its beginning. When it expires, or when the request's own
  /// option `timeout_ms` is about to (a tenth of it, at most 100 ms, is left for the answer), the caller gets
  /// 504 and the coroutine is cancelled. 0 and `milliseconds::max()`: no limit of the handler.
  std::chrono::milliseconds timeout{0};
};

/// The request that a response answers.
struct exchange {
  address to;
  method verb;
  std::chrono::microseconds took;  ///< from sending the request to the arrival of its answer
};

/// One step in handling the response to a request of the client.
struct response_handler {
  std::string name{};                                               ///< for logs
  std::function<bool(const exchange&, const response&)> matches{};  ///< empty: every response
  std::function<void(const exchange& of, response& r)> process{};   ///< may change the response, or throw
  bool propagate = true;  ///< false: no further handler sees a response that this one was called for
  /// If true, an exception from `matches` or `process` becomes the outcome of the request: a
  /// response_exception sets its code, with its detail as the body; a system_error its error, with its
  /// message as the body; anything else errc::handler_failed, with the exception's message in the body. If
  /// false, the exception is logged, and the response stays as `process` left it.
  bool raise_exceptions = false;
};

}  // namespace mqcoap
