#pragma once

#include <cstdint>
#include <functional>
#include <mqcoap/base/errc.hpp>
#include <string>

namespace mqcoap {

/// A write that is to be run once, also over a restart.
struct once_request {
  std::string key;          ///< its target and its id
  std::string fingerprint;  ///< of method, path and body, the same after a restart
};

/// What a store knows of such a write.
struct once_record {
  enum class state : std::uint8_t {
    fresh,     ///< nothing: it is recorded now, and may be run
    unknown,   ///< it was recorded, and no answer: whether it was run is unknown
    answered,  ///< it was run, and this is its answer
    conflict,  ///< another write has this key
  };
  state what = state::fresh;
  std::string answer{};  ///< as a payload of the protocol
};

/// Records writes before they are run, and their answers. Whoever restarts finds them for as long as
/// `run_once` remembers them; the time between does not count.
/// @par Threads  Everything on the event loop.
class once_store {
 public:
  using begin_handler = std::function<void(error_code, once_record)>;

  virtual ~once_store() = default;

  /// Records a write that nobody has recorded. Calls `done` once on the event loop, now or later, when it is
  /// durable. After an error nothing is recorded. An exception: the same, and `done` is not called.
  virtual void begin(once_request write, begin_handler done) = 0;
  /// Records the answer of a write. @param answer  its payload; empty: it was never run, and is forgotten
  virtual void end(std::string key, std::string answer) = 0;
};

}  // namespace mqcoap
