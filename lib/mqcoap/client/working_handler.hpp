#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/associator.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <optional>
#include <type_traits>
#include <utility>

namespace mqcoap::detail {

/// Returns false for an executor of a type-erased kind that holds none.
template <class Executor>
bool is_executor(const Executor& e) {
  if constexpr (std::is_constructible_v<bool, const Executor&>)
    return static_cast<bool>(e);
  else
    return true;
}

/// A completion handler that keeps its own executor, if it has one, busy until it is called, as Asio requires
/// of outstanding operations.
template <class Handler>
class working_handler {
  using executor = typename boost::asio::associated_executor<Handler, boost::asio::any_io_executor>::type;

 public:
  explicit working_handler(Handler h) : handler_(std::move(h)) {
    const executor own = boost::asio::get_associated_executor(handler_, boost::asio::any_io_executor());
    if (is_executor(own)) work_.emplace(own);
  }

  template <class... Results>
  void operator()(Results&&... results) {
    const auto work = std::move(work_);
    std::move(handler_)(std::forward<Results>(results)...);
  }

  const Handler& get() const noexcept { return handler_; }

 private:
  Handler handler_;
  std::optional<boost::asio::executor_work_guard<executor>> work_;
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
