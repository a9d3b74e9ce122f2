#pragma once

#include <sys/types.h>

#include <chrono>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/resource/backend/child_options.hpp>
#include <mqcoap/resource/backend/descriptor.hpp>
#include <optional>

namespace mqcoap {

/// A program that runs in its own process group, with pipes that other programs do not inherit. The
/// destructor terminates what is left of the group and reaps the program, which may block
/// for up to twice `grace_period`.
class spawned_child {
 public:
  /// The time between SIGTERM and SIGKILL.
  static constexpr std::chrono::seconds grace_period{1};

  /// Starts the program. May block on the file system. Throws std::system_error.
  explicit spawned_child(const child_options& options);
  ~spawned_child();
  spawned_child(const spawned_child&) = delete;
  spawned_child& operator=(const spawned_child&) = delete;

  /// @name The gateway's ends of the pipes, to be moved from; `input` is open only if it was requested
  /// @{
  descriptor input;
  descriptor output;
  descriptor errors;
  descriptor exited;  ///< from pidfd_open(2): readable when the program has exited
  /// @}

  /// Sends SIGTERM to the group.
  void terminate() noexcept;
  void kill() noexcept;
  /// Kills the rest of the group, and reaps the program. Precondition: the program has exited. Returns its
  /// status, as from waitpid(2).
  int reap() noexcept;

 private:
  bool await_exit(std::chrono::nanoseconds most) const noexcept;

  pid_t pid_ = -1;  ///< -1 if it was reaped
  descriptor watched_;
  std::optional<steady_time> terminated_at_;
};

}  // namespace mqcoap
