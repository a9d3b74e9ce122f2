#pragma once

#include <mqcoap/config/settings.hpp>
#include <mqcoap/gateway/request_record.hpp>
#include <stdexcept>

namespace mqcoap {

/// A log that cannot be opened; `what` says which, why, and what would be right.
class log_fault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Where mqcoapd's log goes. Sets spdlog's default logger; requests take their own way, because the journal
/// keeps fields for them.
class log_output {
 public:
  /// Opens what the options name, a file anew also if it is the same (it may have been rotated away), and
  /// only then leaves what was open before. On a fault all stays as it was.
  /// @throws log_fault
  void open(const logging_options& options);

  /// Writes a request's record, at debug.
  void write(const request_record& r) const;

 private:
  bool to_journal_ = false;
};

}  // namespace mqcoap
