#pragma once

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>
#include <string>

namespace mqcoap::test {

/// Captures log output during its lifetime.
class log_catcher {
 public:
  log_catcher() : before_(spdlog::default_logger()) {
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_st>(text_);
    auto logger = std::make_shared<spdlog::logger>("test", sink);
    logger->set_pattern("%l: %v");
    logger->set_level(spdlog::level::debug);
    spdlog::set_default_logger(logger);
  }
  ~log_catcher() { spdlog::set_default_logger(before_); }
  log_catcher(const log_catcher&) = delete;
  log_catcher& operator=(const log_catcher&) = delete;

  int count(const std::string& message) const {
    const auto all = text_.str();
    int n = 0;
    for (auto at = all.find(message); at != std::string::npos; at = all.find(message, at + 1)) ++n;
    return n;
  }

 private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_;
};

}  // namespace mqcoap::test
