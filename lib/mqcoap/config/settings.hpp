#pragma once

#include <cstdint>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/observe/http_options.hpp>
#include <mqcoap/transport/link_options.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap {

/// Where the log goes.
struct log_target {
  enum class place : std::uint8_t {
    automatic,  ///< the journal if the standard error is connected to it, else the standard error
    journal,    ///< systemd's
    standard_error,
    file,
  };
  place where = place::automatic;
  std::string file{};  ///< its name; empty for the other places

  friend bool operator==(const log_target&, const log_target&) = default;
};

struct logging_options {
  log_level level = log_level::info;
  log_target target{};
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
