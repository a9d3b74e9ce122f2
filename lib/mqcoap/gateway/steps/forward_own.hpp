#pragma once

#include <mqcoap/gateway/proxy.hpp>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/serve/chain_builder.hpp>
#include <string_view>
#include <utility>

namespace mqcoap {

/// Forwards requests of the gateway's own resources to other devices. The configuration names these devices,
/// as with a mount.
class forward_own final : public composed_step<no_options> {
 public:
  forward_own(no_options none, proxy& via) : composed_step(none), proxy_(via) {}

  std::string_view name() const noexcept override { return "forward own requests"; }
  void process(responder& r) override {
    const address to{*device_tag::parse(r->target.tag()), *subsystem_name::parse(r->target.subsystem()),
                     r.req().path};
    proxy_.forward_mounted(std::move(r), to);
  }

 private:
  proxy& proxy_;
};

}  // namespace mqcoap
