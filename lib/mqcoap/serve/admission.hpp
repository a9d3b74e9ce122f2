#pragma once

#include <mqcoap/serve/chain_builder.hpp>
#include <mqcoap/serve/serving_core.hpp>
#include <string_view>
#include <utility>

namespace mqcoap {

/// The step after the limits. A call that passes it may be run, and gets its deadline.
class admission final : public composed_step<no_options> {
 public:
  admission(no_options none, const serving_core& core) : composed_step(none), core_(core) {}

  std::string_view name() const noexcept override { return "admission"; }
  void process(responder& r) override { core_.admit(r); }

 private:
  const serving_core& core_;
};

}  // namespace mqcoap
