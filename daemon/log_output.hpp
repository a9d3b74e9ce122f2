#pragma once

#include <memory>
#include <mqcoap/config/settings.hpp>
#include <mqcoap/gateway/request_record.hpp>
#include <stdexcept>
#include <string>

namespace spdlog {
class logger;
}

namespace mqcoap {

/// A log that cannot be opened; `what` says which, why, and what would be right.
class log_fault : public std::runtime_error {
 public:
  explicit log_fault(const std::string& words) : std::runtime_error("logging.target: " + words) {}
};

/// Where mqcoapd's log goes. Sets spdlog's default logger; requests take their own way, because the journal
/// keeps fields for them.
class log_output {
 public:
  /// A log that is open, and not yet used.
  struct prepared {
    logging_options options;
    std::shared_ptr<spdlog::logger> logger;
    bool to_journal = false;
  };

  /// Opens what the options name; a file anew, also if it is open already.
  /// @throws log_fault
  static prepared prepare(const logging_options& options);
  /// From here on the log goes there.
  void use(prepared next);

  /// Opens the file in use by its name again, since it may have been rotated away. If that fails, the log
  /// goes on where it was and says so.
  void reopen();

  /// Writes a request's record, at debug.
  void write(const request_record& r) const;

 private:
  logging_options options_;
  bool to_journal_ = false;
};

}  // namespace mqcoap
