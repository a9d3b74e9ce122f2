#pragma once

#include <cstddef>
#include <functional>
#include <mqcoap/gateway/proxy.hpp>
#include <mqcoap/resource/resource_services.hpp>
#include <utility>

namespace mqcoap {

/// Lets resources forward calls to other devices through the proxy.
class proxy_forwarder final : public forwarder {
 public:
  /// @param forwarded  called after each forwarded call, whose deadline may be the earliest
  proxy_forwarder(proxy& by, std::function<void()> forwarded) : by_(by), forwarded_(std::move(forwarded)) {}

  void forward(responder&& r, const address& to) override {
    by_.forward_mounted(std::move(r), to);
    forwarded_();
  }
  std::size_t path_limit() const noexcept override { return by_.path_limit(); }

 private:
  proxy& by_;
  const std::function<void()> forwarded_;
};

}  // namespace mqcoap
