#pragma once

#include <sys/types.h>

#include <chrono>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/resource/backend/child_options.hpp>
#include <mqcoap/resource/backend/descriptor.hpp>
#include <optional>

namespace mqcoap {

/// A program that runs in a process group of its own, with pipes to it, none of which other programs inherit.
/// Whoever is left of the group is ended, and the program is reaped, when this goes; that may block for
/// `patience` and a little more.
class spawned_child {
 public:
  /// The time between SIGTERM and SIGKILL.
  static constexpr std::chrono::seconds patience{1};

  /// Starts it. Blocks as long as the file system does. Throws std::system_error.
  explicit spawned_child(const child_options& options);
  ~spawned_child();
  spawned_child(const spawned_child&) = delete;
  spawned_child& operator=(const spawned_child&) = delete;

  /// @name Our ends, to be moved away; `input` only if it was asked for
  /// @{
  descriptor input;
  descriptor output;
  descriptor errors;
  descriptor exited;  ///< of pidfd_open(2): readable when the program has ended
  /// @}

  /// Asks the group to end.
  void terminate() noexcept;
  void kill() noexcept;
  /// Ends the rest of the group. Precondition: the program has ended. Returns its status, as waitpid(2) has
  /// it.
  int reap() noexcept;

 private:
  bool await_exit(std::chrono::nanoseconds most) const noexcept;

  pid_t pid_ = -1;  ///< -1: it was reaped
  descriptor watched_;
  std::optional<steady_time> told_to_end_;
};

}  // namespace mqcoap
