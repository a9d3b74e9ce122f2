#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mqcoap/resource/backend/backend_services.hpp>
#include <mqcoap/resource/backend/child_options.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// How a program ended.
struct child_end {
  int error = 0;   ///< errno, if it could not be started
  int status = 0;  ///< the status from waitpid(2)

  bool is_good() const noexcept { return error == 0 && status == 0; }
  /// Returns `it ended with status 3`, `it was ended by signal 9 (Killed)` or `it cannot be
  /// started: Permission denied`.
  std::string message() const;
};

/// Runs a program, receives its output, and terminates it with its whole process group: by SIGTERM, and a
/// second later by SIGKILL. When the program has exited, processes that are left in its group are killed. The
/// destructor starts the termination and does not wait for it: the event loop, or its destructor, completes
/// it. Precondition: SIGPIPE is ignored.
/// @par Threads  All functions on the event loop. The program is started on a thread that may block.
class child_process {
 public:
  /// The callbacks. They are never called inside a function of this object, and not after its destructor,
  /// which they may call. None of them may be empty.
  struct events {
    std::function<void(std::string_view)> output;  ///< gets a piece of its standard output
    std::function<void(std::string_view)> errors;  ///< gets a piece of its standard error
    std::function<void()> taken;  ///< called when everything that `write` could not write at once is written
    std::function<void(child_end)> ended;  ///< called once, after all of its output
  };

  child_process(backend_services& services, child_options options, events on);
  ~child_process();
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  /// Writes to its standard input. What the pipe cannot take at once is written later. Returns true if
  /// everything was written. Precondition: the bytes of earlier calls are written. Bytes that are left when
  /// it closes its input or exits are lost, and `taken` is not called then.
  bool write(std::string bytes);
  /// Closes its standard input when everything is written.
  void close_input();
  /// Terminates the program, and ignores its further output.
  void end();
  /// Stops or resumes reading its standard error. If it is not read, the program blocks when the
  /// pipe is full.
  void hold_errors(bool held);

 private:
  class state;
  const std::shared_ptr<state> state_;
};

}  // namespace mqcoap
