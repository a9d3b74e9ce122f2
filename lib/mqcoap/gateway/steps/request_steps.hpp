#pragma once

#include <functional>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/gateway/counters.hpp>
#include <mqcoap/gateway/feed.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/gateway/proxy.hpp>
#include <mqcoap/gateway/statistics.hpp>
#include <mqcoap/gateway/steps/report_requests.hpp>
#include <mqcoap/gateway/tag_directory.hpp>
#include <mqcoap/serve/chain_builder.hpp>
#include <mqcoap/serve/once_store.hpp>
#include <mqcoap/serve/serving_core.hpp>

namespace mqcoap {

/// The environment of the steps of the gateway's chain. It stays the same across reloads.
struct step_environment {
  serving_core& core;
  const clock& time;
  const tag_directory& tags;
  proxy& via;
  statistics& stats;
  counters& counted;
  feed& facts;
  report_requests::failure_handler failed;
  once_store* writes;  ///< may be null
  /// Adds further steps, after those that only read the answers and before the limits; may be empty.
  const std::function<void(chain_builder&, const gateway_options&)>& more;
};

/// Adds the steps of the gateway's chain, in order. A new step is one line here.
void add_request_steps(chain_builder& chain, const gateway_options& options, const step_environment& env);

}  // namespace mqcoap
