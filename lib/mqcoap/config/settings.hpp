#pragma once

#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/observe/http_options.hpp>
#include <mqcoap/protocol/json_text.hpp>
#include <mqcoap/transport/link_options.hpp>
#include <optional>
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
  logging_options logging{};
  std::optional<http_options> http{};  ///< none: nothing is served over HTTP
  json_text shown{};                   ///< the configuration as it is in force, secrets as `***`
};

}  // namespace mqcoap
