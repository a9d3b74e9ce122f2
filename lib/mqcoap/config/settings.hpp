#pragma once

#include <chrono>
#include <cstdint>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/observe/http_options.hpp>
#include <mqcoap/store/state_options.hpp>
#include <mqcoap/transport/link_options.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap::config {

/// The destination of the log.
struct log_target {
  enum class place : std::uint8_t {
    automatic,  ///< the journal if the standard error is connected to it, otherwise the standard error
    journal,    ///< systemd's journal
    standard_error,
    file,
  };
  place where = place::automatic;
  std::string file{};  ///< the file name; empty for other destinations

  friend bool operator==(const log_target&, const log_target&) = default;
};

struct logging_options {
  log_level level = log_level::info;
  log_target target{};
};

/// The contents of a configuration, checked and with defaults filled in.
struct settings {
  std::vector<link_options> brokers;  ///< at least one; the first is the default
  gateway_options gateway;
  logging_options logging{};
  std::optional<observe::http_options> http{};  ///< none: no HTTP server
  store::state_options state{};
  /// The lease duration if only one of several gateways serves; none: this gateway always serves.
  std::optional<std::chrono::milliseconds> standby{};
  json_text shown{};  ///< the effective configuration, secrets as `***`
};

}  // namespace mqcoap::config
