#pragma once

#include <mqcoap/gateway/proxy.hpp>
#include <mqcoap/gateway/statistics.hpp>
#include <mqcoap/gateway/steps/forward_options.hpp>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/serve/chain_builder.hpp>
#include <string_view>
#include <utility>

namespace mqcoap {

/// Forwards requests that name another device in their path, under the subsystem `proxy`.
class forward_by_path final : public composed_step<forward_options> {
 public:
  forward_by_path(forward_options given, proxy& via, statistics& stats)
      : composed_step(std::move(given)), proxy_(via), stats_(stats) {}

  std::string_view name() const noexcept override { return "forward by path"; }
  void process(responder& r) override {
    if (r->target.subsystem() != forward_subsystem || !given().is(r->target.tag())) return;
    const auto to = address::parse(r.req().path.key(), proxy_.path_limit());
    if (to) return proxy_.forward(std::move(r), *to);
    stats_.set_role(r, request_role::forward, r->target.tag());
    std::move(r).refuse(response_code::bad_request,
                        "header.path under the subsystem 'proxy' must be TAG/SUBSYSTEM/PATH");
  }

 private:
  proxy& proxy_;
  statistics& stats_;
};

}  // namespace mqcoap
