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
  int error = 0;   ///< errno: it could not be started
  int status = 0;  ///< of waitpid(2)

  bool is_good() const noexcept { return error == 0 && status == 0; }
  /// `it ended with status 3`, `it was ended by signal 9 (Killed)`, `it cannot be started: Permission denied`
  std::string words() const;
};

/// A program that is started, heard, and ended with all of its process group: by SIGTERM, and a second later
/// by SIGKILL. When the program has ended, what it has left running in its group is killed. When this goes,
/// the program is told to end, and the loop, or its destructor, sees to the rest.
/// Precondition: SIGPIPE is ignored.
/// @par Threads  The event loop's. The program is started on a thread that may block.
class child_process {
 public:
  /// What is told, never inside of a call of this object's, and not after its destructor, which may be called
  /// inside of them. None of them may be empty.
  struct events {
    std::function<void(std::string_view)> output;  ///< a piece of what it writes
    std::function<void(std::string_view)> errors;  ///< the same of its standard error
    std::function<void()> taken;                   ///< all of what `write` could not write at once is written
    std::function<void(child_end)> ended;          ///< once, behind all it has written
  };

  child_process(backend_services& services, child_options options, events on);
  ~child_process();
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  /// Writes to its standard input; what it does not take now, later. True: it has taken all.
  /// Precondition: what was written before is taken. What it does not read when it closes its input or ends
  /// is lost, and `taken` is not called then.
  bool write(std::string bytes);
  /// It finds the end of its input behind what was written.
  void close_input();
  /// Tells it to end; what it writes is not heard any more.
  void end();
  /// Leaves its standard error unread, so that it blocks when it goes on writing; or reads it again.
  void hold_errors(bool held);

 private:
  class state;
  const std::shared_ptr<state> state_;
};

}  // namespace mqcoap
