#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <mqcoap/net/background_call.hpp>
#include <mqcoap/transport/tls_authorities.hpp>

namespace mqcoap {

/// Reads authorities without blocking the executor.
/// @par Threads  All functions on the executor, which is serial.
class authority_loader {
 public:
  using loaded = std::shared_ptr<const trusted_authorities>;
  using handler = background_call<loaded>::handler;

  explicit authority_loader(boost::asio::any_io_executor executor);

  /// Calls `done` with the result, never inside this call. If an earlier load is still running, its result is
  /// used instead: the options are the same at every call. `done` replaces the previous callback.
  void begin(const tls_options& options, handler done);
  /// Drops the callback.
  void cancel() noexcept { call_.cancel(); }
  /// Drops the callback and the executor, which may be destroyed after this call.
  void close() noexcept { call_.close(); }

 private:
  background_call<loaded> call_;
};

}  // namespace mqcoap
