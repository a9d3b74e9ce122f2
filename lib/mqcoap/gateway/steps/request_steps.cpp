#include <mqcoap/gateway/steps/request_steps.hpp>

#include <algorithm>
#include <chrono>
#include <mqcoap/base/units.hpp>
#include <mqcoap/gateway/steps/forward_by_path.hpp>
#include <mqcoap/gateway/steps/forward_by_uri.hpp>
#include <mqcoap/gateway/steps/local_resources.hpp>
#include <mqcoap/gateway/steps/nothing_here.hpp>
#include <mqcoap/gateway/steps/report_requests.hpp>
#include <mqcoap/gateway/steps/reverse_by_tag.hpp>
#include <mqcoap/serve/admission.hpp>
#include <mqcoap/serve/durable_once.hpp>
#include <mqcoap/serve/refuse_draining.hpp>
#include <mqcoap/serve/refuse_objected.hpp>
#include <mqcoap/serve/refuse_stale.hpp>
#include <mqcoap/serve/run_once.hpp>
#include <string>

namespace mqcoap {
namespace {

std::string stale_text(std::chrono::milliseconds gap, std::chrono::milliseconds caller_timeout) {
  return "the gateway did not run for " + to_string(gap) + ", longer than this request waits (" +
         to_string(caller_timeout) + "); it was not run";
}

durable_once_options durable_devices(const gateway_options& options) {
  durable_once_options made;
  for (const auto& device : options.devices)
    if (device.durable_dedup) made.tags.push_back(device.tag.text());
  std::sort(made.tags.begin(), made.tags.end());
  return made;
}

}  // namespace

void add_request_steps(chain_builder& chain, const gateway_options& options, const step_environment& env) {
  auto& counted = env.counted;
  chain.add<report_requests>({}, env.facts, env.failed);
  if (env.more) env.more(chain, options);
  const auto count_repeat = [&counted] { counted.count(event::request_repeated); };
  chain.add<run_once>({}, run_once::environment{env.core, env.time, count_repeat});
  chain.add<refuse_objected>({});
  chain.add<refuse_draining>({}, env.core);
  chain.add<refuse_stale>({stale_text}, env.time, [&counted] { counted.count(event::request_stale); });
  chain.add<admission>({}, env.core);
  chain.add<durable_once>(durable_devices(options),
                          durable_once::environment{env.core, env.time, env.writes, count_repeat});
  chain.add<forward_by_uri>({options.proxy.forward}, env.via, env.stats);
  chain.add<forward_by_path>({options.proxy.forward}, env.via, env.stats);
  chain.add<local_resources>({}, env.tags, env.stats);
  chain.add<reverse_by_tag>({}, env.via);
  chain.add<nothing_here>({});
}

}  // namespace mqcoap
