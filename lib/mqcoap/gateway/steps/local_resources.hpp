#pragma once

#include <mqcoap/gateway/statistics.hpp>
#include <mqcoap/gateway/steps/forward_options.hpp>
#include <mqcoap/gateway/tag_directory.hpp>
#include <mqcoap/serve/chain_builder.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {

/// Passes requests for the gateway's devices to their resources.
class local_resources final : public composed_step<no_options> {
 public:
  local_resources(no_options none, const tag_directory& tags, statistics& stats)
      : composed_step(none), tags_(tags), stats_(stats) {}

  std::string_view name() const noexcept override { return "local resources"; }
  void process(responder& r) override {
    auto* const device = tags_.device(r->target.tag());
    if (device == nullptr) return;
    stats_.set_role(r, request_role::local, device->tag());
    if (r->target.subsystem() != forward_subsystem) return device->handle(std::move(r));
    const std::string message = device->tag() + " does not forward: the subsystem 'proxy' is not served";
    std::move(r).refuse(response_code::proxying_not_supported, message);
  }

 private:
  const tag_directory& tags_;
  statistics& stats_;
};

}  // namespace mqcoap
