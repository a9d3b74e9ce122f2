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

/// Thrown if the log cannot be opened; `what` describes the destination, the reason, and
/// a possible correction.
class log_fault : public std::runtime_error {
 public:
  explicit log_fault(const std::string& message) : std::runtime_error("logging.target: " + message) {}
};

/// The log of mqcoapd. Sets spdlog's default logger, whose lines a log_queue writes. Records of requests
/// bypass spdlog, because the journal stores them as fields.
class log_output {
 public:
  /// A log that is open, but not used yet.
  struct prepared {
    config::logging_options options;
    std::shared_ptr<log_destination> destination;
  };

  /// Opens the destination of the options; a file is opened even if it is already open.
  /// @throws log_fault
  static prepared prepare(const config::logging_options& options);
  /// Checks whether `prepare` could open it now, without creating anything.
  /// @throws log_fault
  static void check(const config::logging_options& options);

  /// How long an exit may wait for the log: a stuck destination must not delay it.
  static constexpr std::chrono::milliseconds exit_timeout{500};

  log_output();
  ~log_output();
  log_output(const log_output&) = delete;
  log_output& operator=(const log_output&) = delete;

  /// Switches to this log. Waiting lines are still written to their old destination.
  void use(prepared next);

  /// Opens the current file by its name again, since it may have been rotated. If that fails, the log
  /// continues in the old file and reports the failure.
  void reopen();

  /// Writes a request's record, at debug level.
  void write(const request_record& r) noexcept;

  /// Returns the number of lines that were dropped or could not be written, since the start.
  std::uint64_t dropped() const noexcept { return queue_->dropped(); }
  /// Waits until everything is written, but no longer than this. @return false if not all was written
  bool flush(std::chrono::milliseconds timeout) { return queue_->flush(timeout); }
  /// Does the same, and closes the log. If it returns false, its thread is stuck: the process should exit
  /// without destructors that may block (std::_Exit).
  bool close(std::chrono::milliseconds timeout) { return queue_->close(timeout); }

 private:
  const std::shared_ptr<log_queue> queue_;  ///< also owned by spdlog's logger
  config::logging_options options_;
  std::shared_ptr<log_destination> destination_;
};

}  // namespace mqcoap
