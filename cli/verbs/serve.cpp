#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/counted.hpp>

#include "output/exchange_pairing.hpp"
#include "output/exchange_text.hpp"
#include "session/hints.hpp"
#include "session/responder_host.hpp"
#include "session/responder_source.hpp"
#include "verbs/verbs.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

constexpr char serve_examples[] =
    "Ctrl-C ends it, with status 0. Each request and its answer is a line on stderr, unless --quiet is\n"
    "given. A FILE.yaml names its brokers, unless the command line, the environment or a context names\n"
    "another one.\n\n"
    "Examples:\n"
    "  mqcoap serve GW_XX_0_0001 -r 'gains=[0,1,2]' -r firmware=0.3.1\n"
    "  mqcoap serve bench.yaml -L mqtt://lab";

std::string ready_text(const config::settings& what) {
  const auto& devices = what.gateway.devices;
  std::string text = "answering for ";
  if (devices.size() == 1)
    text += devices.front().tag.text() + " (" + counted(devices.front().resources.size(), "resource") + ')';
  else
    text += counted(devices.size(), "device");
  if (!what.gateway.proxy.routes.empty())
    text += " and " + counted(what.gateway.proxy.routes.size(), "route");
  return text + " on " + place_of(what.brokers.front()) + ", namespace " + what.gateway.ns.text() +
         "; Ctrl-C ends it";
}

int run(const responder_arguments& given, const settled_options& options) {
  auto what = settle(given, options);
  const system_clock time;
  exchange_pairing pairs;
  host_hooks hooks;
  hooks.keeps_state = true;
  if (!options.quiet) {
    hooks.ready = [text = ready_text(what)] { complain(text); };
    hooks.message = [&](std::string_view topic, std::string_view payload) {
      if (const auto seen = pairs.on_message(topic, payload, time.now(), time.wall()))
        complain(to_line(*seen, options.output.colour_errors));
    };
  }
  responder_host(std::move(what), std::nullopt, std::move(hooks)).run();
  return status_ok;
}

}  // namespace

verb declare_serve(CLI::App& root) {
  auto app = command(root).add_subcommand("serve", "Answer requests for a tag, until Ctrl-C");
  auto given = std::make_shared<responder_arguments>();
  given->declare(app);
  app->footer(serve_examples);
  auto has = effects::with_outputs({});
  has.token = false;
  has.timeout = false;
  return {.app = app,
          .run = [given](const settled_options& options) { return run(*given, options); },
          .has = std::move(has)};
}

}  // namespace mqcoap::cli
