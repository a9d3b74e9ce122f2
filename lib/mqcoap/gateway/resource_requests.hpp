#pragma once

#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/gateway/proxy.hpp>
#include <mqcoap/gateway/statistics.hpp>
#include <mqcoap/gateway/tag_directory.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/resource/resource_requester.hpp>
#include <mqcoap/serve/serving_core.hpp>
#include <mqcoap/serve/timer_queue.hpp>
#include <string_view>

namespace mqcoap {

/// Serves the requests that resources send (docs/protocol.md, "Actions"): the gateway's devices answer their
/// own, and others are sent through the proxy, as for the device behind a mount. A separate serving core
/// gives them deadlines. Each such request begins in a new iteration of the event loop, so that requests that
/// trigger each other need no stack, and has at most `default_hops` hops left.
/// @par Threads  All functions on the event loop.
class resource_requests final : public resource_requester {
 public:
  struct environment {
    const clock& time;
    timer_queue& timers;
    const tag_directory& tags;
    proxy& elsewhere;
    statistics& stats;
    std::function<void()> late;  ///< called when a resource did not answer in time
    std::function<std::shared_ptr<const void>(const call& kept)> home;
    std::function<void(std::string_view name, std::string_view why)> failed;
    std::function<void()> ended;  ///< called when a request has ended
  };

  explicit resource_requests(environment env);
  resource_requests(const resource_requests&) = delete;
  resource_requests& operator=(const resource_requests&) = delete;

  asking ask(resource_request what, answer_handler done) override;

  void set_options(serving_options options) noexcept { core_.set_options(options); }
  void expire(steady_time now) { core_.expire(now); }
  steady_time next_deadline() const noexcept { return core_.next_deadline(); }
  /// Answers all requests that resources of the gateway have with 504.
  void abandon(std::string_view why) { core_.abandon(why); }

 private:
  struct pending_request;
  class origin;

  void begin(const std::shared_ptr<pending_request>& what);
  void serve(const std::shared_ptr<pending_request>& what);

  const environment env_;
  serving_core core_;
  request_id_generator ids_;
};

}  // namespace mqcoap
