#pragma once

#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/call.hpp>
#include <mqcoap/protocol/response_code.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// The reason why a step failed, for the caller.
struct step_failure {
  response_code code = response_code::internal_server_error;
  std::string message{};
  bool never_run = false;  ///< the step has done nothing, and will not do anything
};

/// A step of an action after `when` and `set`.
/// @par Threads  All functions on the event loop, which they never block.
class action_step {
 public:
  /// Empty if the step succeeded.
  using outcome = std::optional<step_failure>;
  using done_handler = std::function<void(outcome)>;
  /// Cancels the step when it is destroyed; `done` is not called after that. Null if it cannot be cancelled,
  /// or has ended.
  using running = std::shared_ptr<void>;

  virtual ~action_step() = default;

  /// Returns the key in the configuration, which the answer names.
  virtual std::string_view name() const noexcept = 0;
  /// Returns why the step rejects the contents of this call. Called before anything is done.
  virtual outcome refuse(const call& /*of*/) const { return std::nullopt; }
  /// Runs the step for a call and calls `done` once, possibly inside this call. If it throws, the step was
  /// not begun.
  /// @param deadline  when the caller stops waiting; `steady_time::max()` if never
  virtual running begin(const call& of, steady_time deadline, done_handler done) = 0;
};

}  // namespace mqcoap
