#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mqcoap/config/settings.hpp>
#include <mqcoap/gateway/request_record.hpp>
#include <stdexcept>
#include <string>

#include "log_destination.hpp"
#include "log_queue.hpp"

namespace spdlog {
class logger;
}

namespace mqcoap {

/// A log that cannot be opened; `what` says which, why, and what would be right.
class log_fault : public std::runtime_error {
 public:
  explicit log_fault(const std::string& words) : std::runtime_error("logging.target: " + words) {}
};

/// Where mqcoapd's log goes. Sets spdlog's default logger, whose lines are written by a log_queue; requests
/// take their own way into it, because the journal keeps fields for them.
class log_output {
 public:
  /// A log that is open, and not yet used.
  struct prepared {
    logging_options options;
    std::shared_ptr<log_destination> destination;
  };

  /// Opens what the options name; a file once more, also if it is open already.
  /// @throws log_fault
  static prepared prepare(const logging_options& options);
  /// Checks that `prepare` could open it now, and makes nothing. @throws log_fault
  static void check(const logging_options& options);

  /// How long an exit may wait for the log: what is stuck must not hold it up.
  static constexpr std::chrono::milliseconds exit_patience{500};

  log_output();
  ~log_output();
  log_output(const log_output&) = delete;
  log_output& operator=(const log_output&) = delete;

  /// From here on the log goes there. Lines that still wait are written where they were meant for.
  void use(prepared next);

  /// Opens the file in use by its name again, since it may have been rotated away. If that fails, the log
  /// goes on where it was and says so.
  void reopen();

  /// Writes a request's record, at debug.
  void write(const request_record& r) noexcept;

  /// Lines that were dropped or could not be written, since the start.
  std::uint64_t dropped() const noexcept { return queue_->dropped(); }
  /// Waits until everything is written, but no longer than this. @return false if it was not
  bool flush(std::chrono::milliseconds patience) { return queue_->flush(patience); }
  /// The same, and the end of the log. If it returns false, its thread is stuck: the process should end
  /// without calling what it may hold (std::_Exit).
  bool close(std::chrono::milliseconds patience) { return queue_->close(patience); }

 private:
  const std::shared_ptr<log_queue> queue_;  ///< also kept by spdlog's logger
  logging_options options_;
  std::shared_ptr<log_destination> destination_;
};

}  // namespace mqcoap
