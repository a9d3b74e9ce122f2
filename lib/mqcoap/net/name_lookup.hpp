#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <mqcoap/net/background_call.hpp>
#include <string>
#include <vector>

namespace mqcoap {

/// What the system knows of a host name.
struct resolved_name {
  std::vector<std::string> addresses;  ///< numeric, in the order in which they should be tried
  std::string fault;                   ///< in words, where there are no addresses
};

/// Blocks until the name is resolved. Called on a thread of its own.
using name_resolver = std::function<resolved_name(const std::string& host)>;

/// getaddrinfo. Every address counts, also of a family that this machine has on the loopback only.
resolved_name resolve_by_system(const std::string& host);

/// Resolves names without blocking the executor, on a thread that nobody waits for.
/// @par Threads  Everything on the executor, which is serial.
class name_lookup {
 public:
  using handler = background_call<resolved_name>::handler;

  explicit name_lookup(boost::asio::any_io_executor executor, name_resolver resolver = resolve_by_system);

  /// Calls `done` with the answer, never inside this call. While an older lookup runs, its answer is awaited
  /// instead. `done` replaces the one before.
  void begin(const std::string& host, handler done);
  /// Forgets who waits.
  void cancel() noexcept { call_.cancel(); }
  /// Forgets who waits, and the executor: nothing touches it after this, so that it may go.
  void close() noexcept { call_.close(); }

 private:
  name_resolver resolver_;
  background_call<resolved_name> call_;
};

}  // namespace mqcoap
