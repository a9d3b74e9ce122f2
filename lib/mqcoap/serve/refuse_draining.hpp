#pragma once

#include <mqcoap/serve/chain_builder.hpp>
#include <mqcoap/serve/serving_core.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {

/// Answers 503 while the core drains.
class refuse_draining final : public composed_step<no_options> {
 public:
  refuse_draining(no_options none, const serving_core& core) : composed_step(none), core_(core) {}

  std::string_view name() const noexcept override { return "refuse while draining"; }
  void process(responder& r) override {
    if (core_.draining())
      std::move(r).refuse(response_code::service_unavailable, "the gateway is stopping; try again later");
  }

 private:
  const serving_core& core_;
};

}  // namespace mqcoap
