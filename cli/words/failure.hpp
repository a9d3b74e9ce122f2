#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "words/exit_status.hpp"

namespace mqcoap::cli {

/// Terminates the verb: the program prints the message on stderr and the hint below it, and exits
/// with the status.
class failure : public std::runtime_error {
 public:
  failure(exit_status status, const std::string& message, std::string hint = {})
      : runtime_error(message), status_(status), hint_(std::move(hint)) {}

  exit_status status() const noexcept { return status_; }
  /// Returns the hint, which may have several lines or be empty.
  const std::string& hint() const noexcept { return hint_; }

 private:
  exit_status status_;
  std::string hint_;
};

/// An error in the command line.
class usage_failure : public failure {
 public:
  explicit usage_failure(const std::string& message, std::string hint = {})
      : failure(status_usage, message, std::move(hint)) {}
};

/// Thrown when a signal requests that the program stop.
class interrupted : public std::exception {
 public:
  explicit interrupted(int signal) noexcept : signal_(signal) {}
  int signal() const noexcept { return signal_; }
  const char* what() const noexcept override { return "interrupted"; }

 private:
  int signal_;
};

/// Thrown when standard output was closed by its reader (`| head`).
class output_closed : public std::exception {
 public:
  const char* what() const noexcept override { return "standard output is closed"; }
};

}  // namespace mqcoap::cli
