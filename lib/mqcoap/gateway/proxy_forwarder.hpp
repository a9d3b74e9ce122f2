#pragma once

#include <cstddef>
#include <mqcoap/gateway/proxy.hpp>
#include <mqcoap/resource/resource_services.hpp>
#include <utility>

namespace mqcoap {

/// Lets resources ask devices elsewhere, through the proxy.
class proxy_forwarder final : public forwarder {
 public:
  explicit proxy_forwarder(proxy& by) noexcept : by_(by) {}

  void forward(responder&& r, const address& to) override { by_.forward_mounted(std::move(r), to); }
  std::size_t path_limit() const noexcept override { return by_.path_limit(); }

 private:
  proxy& by_;
};

}  // namespace mqcoap
