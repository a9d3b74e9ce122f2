#pragma once

#include <mqcoap/client/request_chain.hpp>
#include <mqcoap/serve/chain_builder.hpp>
#include <string_view>
#include <utility>

namespace mqcoap {

/// The last step of a client's chain: the handlers that its user has added.
class user_handlers final : public composed_step<no_options> {
 public:
  user_handlers(no_options none, const request_chain& handlers) : composed_step(none), handlers_(handlers) {}

  std::string_view name() const noexcept override { return "handlers"; }
  void process(responder& r) override { handlers_.run(std::move(r)); }

 private:
  const request_chain& handlers_;
};

}  // namespace mqcoap
