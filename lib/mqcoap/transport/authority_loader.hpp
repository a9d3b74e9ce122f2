#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <mqcoap/net/background_call.hpp>
#include <mqcoap/transport/tls_authorities.hpp>

namespace mqcoap {

/// Reads authorities without blocking the executor.
/// @par Threads  Everything on the executor, which is serial.
class authority_loader {
 public:
  using loaded = std::shared_ptr<const trusted_authorities>;
  using handler = background_call<loaded>::handler;

  explicit authority_loader(boost::asio::any_io_executor executor);

  /// Calls `done` with what was read, never inside this call. While older reading goes on, its result is
  /// awaited instead: the options are the same at every call. `done` replaces the one before.
  void begin(const tls_options& options, handler done);
  /// Forgets who waits.
  void cancel() noexcept { call_.cancel(); }
  /// Forgets who waits, and the executor: nothing touches it after this, so that it may go.
  void close() noexcept { call_.close(); }

 private:
  background_call<loaded> call_;
};

}  // namespace mqcoap
