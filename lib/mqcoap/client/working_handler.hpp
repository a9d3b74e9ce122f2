#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/associator.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <utility>

namespace mqcoap::detail {

/// A completion handler that keeps its own executor, if it has one, busy until it is called, as Asio requires
/// of outstanding operations.
template <class Handler>
class working_handler {
  /// The system executor, which needs no work, if the handler has none.
  using executor = typename boost::asio::associated_executor<Handler>::type;

 public:
  explicit working_handler(Handler h)
      : handler_(std::move(h)), work_(boost::asio::get_associated_executor(handler_)) {}

  template <class... Results>
  void operator()(Results&&... results) {
    const auto work = std::move(work_);
    std::move(handler_)(std::forward<Results>(results)...);
  }

  const Handler& get() const noexcept { return handler_; }

 private:
  Handler handler_;
  boost::asio::executor_work_guard<executor> work_;
};

}  // namespace mqcoap::detail

/// Forwards the executor, the allocator and the cancellation slot of the inner handler: these are all that
/// Asio associates with a handler.
template <template <class, class> class Associator, class Handler, class Default>
struct boost::asio::associator<Associator, mqcoap::detail::working_handler<Handler>, Default>
    : Associator<Handler, Default> {
  static auto get(const mqcoap::detail::working_handler<Handler>& h) noexcept {
    return Associator<Handler, Default>::get(h.get());
  }
  static auto get(const mqcoap::detail::working_handler<Handler>& h, const Default& otherwise) noexcept {
    return Associator<Handler, Default>::get(h.get(), otherwise);
  }
};
