#pragma once

#include <mqcoap/serve/chain_builder.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {

/// The end of the chain: a tag that is served, by none of the other steps.
class nothing_here final : public composed_step<no_options> {
 public:
  explicit nothing_here(no_options none) : composed_step(none) {}

  std::string_view name() const noexcept override { return "nothing here"; }
  void process(responder& r) override {
    const std::string words =
        r->target.tag() + " has no resources; it only forwards, under the subsystem 'proxy'";
    std::move(r).refuse(response_code::not_found, words);
  }
};

}  // namespace mqcoap
