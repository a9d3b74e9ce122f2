#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/counted.hpp>

#include "output/exchange_pairing.hpp"
#include "output/exchange_words.hpp"
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

std::string ready_words(const config::settings& what) {
  const auto& devices = what.gateway.devices;
  std::string words = "answering for ";
  if (devices.size() == 1)
    words += devices.front().tag.text() + " (" + counted(devices.front().resources.size(), "resource") + ')';
  else
    words += counted(devices.size(), "device");
  if (!what.gateway.proxy.routes.empty())
    words += " and " + counted(what.gateway.proxy.routes.size(), "route");
  return words + " on " + place_of(what.brokers.front()) + ", namespace " + what.gateway.ns.text() +
         "; Ctrl-C ends it";
}

int run(const responder_words& words, const settled_options& options) {
  auto what = settle(words, options);
  const system_clock time;
  exchange_pairing pairs;
  host_hooks hooks;
  hooks.keeps_state = true;
  if (!options.quiet) {
    hooks.ready = [words_now = ready_words(what)] { complain(words_now); };
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
  auto words = std::make_shared<responder_words>();
  words->declare(app);
  app->footer(serve_examples);
  auto has = effects::with_outputs({});
  has.token = false;
  has.timeout = false;
  return {.app = app,
          .run = [words](const settled_options& options) { return run(*words, options); },
          .has = std::move(has)};
}

}  // namespace mqcoap::cli
