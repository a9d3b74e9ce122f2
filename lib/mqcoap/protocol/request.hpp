#pragma once

#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/lazy.hpp>
#include <mqcoap/base/secret.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/options.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/protocol/resource_path.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap {

/// A request as it is sent (docs/protocol.md, "Payloads").
struct request {
  method verb;
  resource_path path;  ///< 1 to 255 bytes, echoed unchanged
  request_id id;
  std::optional<request_id> correlation_id{};
  std::optional<secret> token{};         ///< prints as ***
  std::string source{};                  ///< empty: none; claimed, never a verified identity
  json_text body{};                      ///< validated text, parsed only where the value is needed
  std::optional<unix_millis> sent_at{};  ///< absent only under lenient validation

  lazy<request_options> options{};      ///< most requests have none
  std::vector<header_field> unknown{};  ///< header fields that are passed on by a proxy
};

}  // namespace mqcoap
