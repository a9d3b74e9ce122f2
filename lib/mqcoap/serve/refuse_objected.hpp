#pragma once

#include <mqcoap/serve/chain_builder.hpp>
#include <string_view>
#include <utility>

namespace mqcoap {

/// Rejects a call if the front that received it objects.
class refuse_objected final : public composed_step<no_options> {
 public:
  explicit refuse_objected(no_options none) : composed_step(none) {}

  std::string_view name() const noexcept override { return "refuse what the front objects to"; }
  void process(responder& r) override {
    if (!r->origin) return;
    if (auto why = r->origin->objection()) std::move(r).respond(*std::move(why));
  }
};

}  // namespace mqcoap
