#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace mqcoap::test {

/// Sets or unsets an environment variable during its lifetime.
class environment {
 public:
  environment(std::string name, const std::optional<std::string>& value) : name_(std::move(name)) {
    if (const char* before = std::getenv(name_.c_str())) before_ = before;
    put(value);
  }
  ~environment() { put(before_); }
  environment(const environment&) = delete;
  environment& operator=(const environment&) = delete;

 private:
  void put(const std::optional<std::string>& value) const {
    if (value)
      ::setenv(name_.c_str(), value->c_str(), 1);
    else
      ::unsetenv(name_.c_str());
  }

  std::string name_;
  std::optional<std::string> before_;
};

}  // namespace mqcoap::test
