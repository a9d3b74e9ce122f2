#pragma once

#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/transport/link_options.hpp>
#include <string>
#include <vector>

namespace mqcoap {

struct logging_options {
  log_level level = log_level::info;
};

/// Everything that a configuration says, checked and with defaults filled in.
struct settings {
  std::vector<link_options> brokers;  ///< at least one; the first is the default
  gateway_options gateway;
  logging_options logging;
};

}  // namespace mqcoap
