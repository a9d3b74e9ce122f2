#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <mqcoap/net/background_call.hpp>
#include <string>
#include <vector>

namespace mqcoap {

/// The result of resolving a host name.
struct resolved_name {
  std::vector<std::string> addresses;  ///< numeric, in the order in which they should be tried
  std::string fault;                   ///< the reason, if there are no addresses
};

/// Blocks until the name is resolved. Called on a separate thread.
using name_resolver = std::function<resolved_name(const std::string& host)>;

/// Calls getaddrinfo. Returns all addresses, even those of a family that this machine has only on
/// the loopback interface.
resolved_name resolve_by_system(const std::string& host);

/// Resolves names without blocking the executor, on a thread that is never joined.
/// @par Threads  Everything on the executor, which is serial.
class name_lookup {
 public:
  using handler = background_call<resolved_name>::handler;

  explicit name_lookup(boost::asio::any_io_executor executor, name_resolver resolver = resolve_by_system);

  /// Calls `done` with the result, never inside this call. If an older lookup is running, its result is used
  /// instead. `done` replaces the previous callback.
  void begin(const std::string& host, handler done);
  /// Drops the callback.
  void cancel() noexcept { call_.cancel(); }
  /// Drops the callback and the executor, which may be destroyed after this call.
  void close() noexcept { call_.close(); }

 private:
  name_resolver resolver_;
  background_call<resolved_name> call_;
};

}  // namespace mqcoap
