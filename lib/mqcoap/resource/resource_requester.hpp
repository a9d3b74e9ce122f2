#pragma once

#include <functional>
#include <memory>
#include <mqcoap/base/lazy.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/options.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/protocol/response.hpp>
#include <optional>

namespace mqcoap {

/// A request that a resource sends.
struct resource_request {
  method verb;
  address to;
  json_text body;
  lazy<request_options> options{};             ///< `timeout`, `hops` and `traceparent`
  std::optional<request_id> correlation_id{};  ///< that of the call for which it is sent
};

/// Sends requests for resources: to the gateway's own devices, and to others through the proxy.
class resource_requester {
 public:
  using answer_handler = std::function<void(const answer&)>;
  /// Cancels a request when it is destroyed: `done` is not called after that, and a request that was not yet
  /// begun is not sent.
  using asking = std::shared_ptr<void>;

  /// Calls `done` once, never inside this call. A request without `hops` left gets 502, so that resources
  /// that send requests to each other do not do so forever.
  [[nodiscard]] virtual asking ask(resource_request what, answer_handler done) = 0;

 protected:
  ~resource_requester() = default;
};

}  // namespace mqcoap
