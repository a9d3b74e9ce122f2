#pragma once

#include <mqcoap/serve/chain_builder.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {

/// Answers 404 at the end of the chain: the tag is served, but no other step took the request.
class nothing_here final : public composed_step<no_options> {
 public:
  explicit nothing_here(no_options none) : composed_step(none) {}

  std::string_view name() const noexcept override { return "nothing here"; }
  void process(responder& r) override {
    const std::string message =
        r->target.tag() + " has no resources; it only forwards, under the subsystem 'proxy'";
    std::move(r).refuse(response_code::not_found, message);
  }
};

}  // namespace mqcoap
