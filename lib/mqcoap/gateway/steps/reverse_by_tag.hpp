#pragma once

#include <mqcoap/gateway/proxy.hpp>
#include <mqcoap/serve/chain_builder.hpp>
#include <string_view>
#include <utility>

namespace mqcoap {

/// Forwards requests to the tag of a device behind the proxy.
class reverse_by_tag final : public composed_step<no_options> {
 public:
  reverse_by_tag(no_options none, proxy& via) : composed_step(none), proxy_(via) {}

  std::string_view name() const noexcept override { return "reverse by tag"; }
  void process(responder& r) override {
    if (proxy_.routes().serves(r->target.tag())) proxy_.reverse(std::move(r));
  }

 private:
  proxy& proxy_;
};

}  // namespace mqcoap
