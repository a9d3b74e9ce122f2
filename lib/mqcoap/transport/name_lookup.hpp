#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
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

/// Resolves names without blocking the executor, on a thread that nobody waits for: a resolver may take a
/// minute to give up, and neither a stop nor the end of the program may take as long. At most one thread at a
/// time.
/// @par Threads  Everything on the executor, which is serial.
class name_lookup {
 public:
  using handler = std::function<void(resolved_name)>;

  explicit name_lookup(boost::asio::any_io_executor executor, name_resolver resolver = resolve_by_system);
  /// Waits for nothing; a lookup that still runs ends unheard.
  ~name_lookup();
  name_lookup(const name_lookup&) = delete;
  name_lookup& operator=(const name_lookup&) = delete;

  /// Calls `done` with the answer, never inside this call. While an older lookup runs, its answer is awaited
  /// instead. `done` replaces the one before.
  void begin(const std::string& host, handler done);
  /// Forgets who waits.
  void cancel() noexcept;
  /// Forgets who waits, and the executor: nothing touches it after this, so that it may go.
  void close() noexcept;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace mqcoap
