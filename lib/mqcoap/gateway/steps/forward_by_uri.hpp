#pragma once

#include <mqcoap/gateway/proxy.hpp>
#include <mqcoap/gateway/statistics.hpp>
#include <mqcoap/gateway/steps/forward_options.hpp>
#include <mqcoap/serve/chain_builder.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {

/// Forwards requests that name another device in `proxy_uri`.
class forward_by_uri final : public composed_step<forward_options> {
 public:
  forward_by_uri(forward_options given, proxy& via, statistics& stats)
      : composed_step(std::move(given)), proxy_(via), stats_(stats) {}

  std::string_view name() const noexcept override { return "forward by proxy_uri"; }
  void process(responder& r) override {
    if (!r.req().options->proxy_uri) return;
    const address to = *r.req().options->proxy_uri;
    const std::string tag = r->target.tag();
    stats_.set_role(r, request_role::forward, tag);
    if (given().is(tag)) return proxy_.forward(std::move(r), to);
    std::move(r).refuse(response_code::proxying_not_supported,
                        tag + " does not forward: it takes no proxy_uri");
  }

 private:
  proxy& proxy_;
  statistics& stats_;
};

}  // namespace mqcoap
