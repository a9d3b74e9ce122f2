#pragma once

#include <cstdint>
#include <functional>
#include <mqcoap/base/errc.hpp>
#include <string>

namespace mqcoap {

/// A write that must run only once, even across a restart.
struct once_request {
  std::string key;          ///< its target and its id
  std::string fingerprint;  ///< a hash of method, path and body, which is the same after a restart
};

/// The record of such a write in a store.
struct once_record {
  enum class state : std::uint8_t {
    fresh,     ///< it was not recorded before: it is now, and may be run
    unknown,   ///< it was recorded without an answer: whether it was run is unknown
    answered,  ///< it was run, and this is its answer
    conflict,  ///< another write has the same key
  };
  state what = state::fresh;
  std::string answer{};  ///< as a payload of the protocol
};

/// Records writes before they are run, and their answers. After a restart, they are found for at least as
/// long as `run_once` remembers calls: SQLite does not count the time while the process was not running, and
/// PostgreSQL keeps them for a day.
/// @par Threads  Everything on the event loop.
class once_store {
 public:
  using begin_handler = std::function<void(error_code, once_record)>;

  virtual ~once_store() = default;

  /// Records a write, unless it is already recorded. Calls `done` once on the event loop, now or later, when
  /// the record is durable. After an error nothing is recorded. If this throws, nothing is recorded either,
  /// and `done` is not called.
  virtual void begin(once_request write, begin_handler done) = 0;
  /// Records the answer of a write. @param answer  its payload; empty if the write was never run, which
  /// removes its record
  virtual void end(std::string key, std::string answer) = 0;
};

}  // namespace mqcoap
