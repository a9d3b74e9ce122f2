#include <spdlog/fmt/fmt.h>

#include <memory>
#include <mqcoap/base/clock.hpp>

#include "options/fault_options.hpp"
#include "output/exchange_pairing.hpp"
#include "output/exchange_text.hpp"
#include "session/fleet.hpp"
#include "session/hints.hpp"
#include "session/responder_host.hpp"
#include "session/responder_source.hpp"
#include "verbs/verbs.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

/// The maximum number of devices that announce their presence: each needs a connection, and a process may by
/// default open only 1024 files.
constexpr std::size_t most_present = 100;

constexpr char sim_examples[] =
    "The devices are numbered from 1 and copy those of the file in turn. In --tags, %d or %03d stands\n"
    "for the number, and {tag} for the tag of the copied device.\n"
    "A latency A..B is distributed uniformly; a single one is the mean of an exponential distribution.\n"
    "The same --seed makes the same faults for the same requests. Up to 100 devices announce their\n"
    "presence, for `mqcoap ls`. Ctrl-C ends it, with status 0 and a summary.\n\n"
    "Examples:\n"
    "  mqcoap sim probe.yaml -n 100 --tags 'SIM_%03d' --latency 5ms..20ms --drop 1% --error 2%\n"
    "  mqcoap sim SIM -r 'gains=[0,1]' -n 3 --log";

struct sim_arguments {
  responder_arguments source;
  std::size_t size = 1;
  std::string tags = "{tag}_%d";
  std::string latency;
  std::string drop = "0%";
  std::string error = "0%";
  std::uint64_t seed = 1;
  bool log = false;
};

fault_options faults_of(const sim_arguments& given) {
  fault_options faults;
  if (!given.latency.empty()) faults.latency = parse_latency(given.latency);
  faults.drop = parse_share("--drop", given.drop);
  faults.error = parse_share("--error", given.error);
  faults.seed = given.seed;
  return faults;
}

std::string summary(const fault_counts& n) {
  std::string text = fmt::format("{} requests, {} answered, {} of them with a simulated 503, {} dropped",
                                 n.requests, n.answered, n.errors, n.dropped);
  if (n.unsent > 0) text += fmt::format(", {} answers lost with the connection", n.unsent);
  return text;
}

int run(const sim_arguments& given, const settled_options& options) {
  const auto faults = faults_of(given);
  const auto pattern = tag_pattern::parse(given.tags);
  auto what = settle(given.source, options);
  if (what.gateway.devices.empty()) throw usage_failure(given.source.target + " has no devices to simulate");
  what.gateway.devices = make_fleet(what.gateway.devices, given.size, pattern);
  if (given.size > most_present)
    for (auto& device : what.gateway.devices) device.presence = false;

  const system_clock time;
  exchange_pairing pairs;
  host_hooks hooks;
  const auto& devices = what.gateway.devices;
  if (!options.quiet)
    hooks.ready = [line = fmt::format("{} devices, {} to {}, answer on {}, namespace {}; Ctrl-C ends them",
                                      devices.size(), devices.front().tag.text(), devices.back().tag.text(),
                                      place_of(what.brokers.front()), what.gateway.ns.text())] {
      complain(line);
    };
  if (given.log)
    hooks.message = [&](std::string_view topic, std::string_view payload) {
      if (const auto seen = pairs.on_message(topic, payload, time.now(), time.wall()))
        complain(to_line(*seen, options.output.colour_errors));
    };
  responder_host host(std::move(what), faults, std::move(hooks));
  host.run();
  complain(summary(host.faults()->counted()));
  return status_ok;
}

}  // namespace

verb declare_sim(CLI::App& root) {
  auto app = command(root).add_subcommand(
      "sim", "Simulate a fleet of devices, with latency and faults, until Ctrl-C");
  auto given = std::make_shared<sim_arguments>();
  given->source.declare(app);
  app->add_option("-n,--devices", given->size, "The number of devices; the namespace is --namespace here")
      ->between(1, 10'000)
      ->capture_default_str()
      ->option_text("COUNT");
  app->add_option("--tags", given->tags, "The tags of the devices")
      ->capture_default_str()
      ->option_text("PATTERN");
  app->add_option("--latency", given->latency, "The delay of an answer: 5ms..20ms, or a mean like 10ms")
      ->option_text("A..B|MEAN");
  app->add_option("--drop", given->drop, "The share of requests that get no answer")
      ->capture_default_str()
      ->option_text("PERCENT");
  app->add_option("--error", given->error, "The share of the other requests that get a 503")
      ->capture_default_str()
      ->option_text("PERCENT");
  app->add_option("--seed", given->seed, "The seed of the random faults")
      ->capture_default_str()
      ->option_text("NUMBER");
  app->add_flag("--log", given->log, "Print a line on stderr for each exchange");
  app->footer(sim_examples);
  auto has = effects::with_outputs({});
  has.token = false;
  has.timeout = false;
  return {.app = app,
          .run = [given](const settled_options& options) { return run(*given, options); },
          .has = std::move(has)};
}

}  // namespace mqcoap::cli
