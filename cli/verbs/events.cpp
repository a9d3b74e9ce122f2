#include <algorithm>
#include <memory>
#include <mqcoap/base/counted.hpp>
#include <mqcoap/base/glob.hpp>
#include <utility>

#include "options/option_layer.hpp"
#include "output/listing.hpp"
#include "session/bus_session.hpp"
#include "session/request_verb.hpp"
#include "session/seen_event.hpp"
#include "verbs/verbs.hpp"
#include "words/duration_text.hpp"
#include "words/event_pattern.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

struct events_arguments {
  std::string pattern{};
  std::string duration{};
  std::size_t count = 0;
  bool system = false;
  bool list = false;
};

std::vector<std::string> filters_of(const events_arguments& given, const event_pattern& pattern,
                                    const namespace_name& ns) {
  std::vector<std::string> filters{pattern.filter(general_topic::kind::event).text(ns)};
  if (given.system) filters.push_back(pattern.filter(general_topic::kind::system).text(ns));
  return filters;
}

class watcher {
 public:
  watcher(const events_arguments& given, const settled_options& options)
      : options_(options),
        pattern_(given.pattern),
        most_(given.count),
        duration_(given.duration.empty() ? std::nullopt
                                         : std::optional(duration_of("--for", given.duration))),
        session_(options.client.broker, filters_of(given, pattern_, options.client.ns),
                 options.client.timeout, {[this] { begin(); }, [this](const inbound& m) { take(m); }}) {}

  int run() {
    const bool finished = session_.run();
    if (!options_.quiet) complain(summary());
    if (!finished) throw interrupted(session_.signal());
    return status_ok;
  }

 private:
  void begin() {
    if (options_.output.terminal && !options_.quiet) complain("mqcoap: waiting for events; Ctrl-C ends it");
    if (duration_) session_.finish_after(*duration_);
  }

  void take(const inbound& m) {
    const auto e = read_event(m.topic, m.payload, m.retained);
    if (!e || !pattern_.matches(e->tag, e->subsystem, e->path) || (most_ > 0 && seen_ >= most_)) return;
    if (!e->fault.empty()) ++faulty_;
    print(show_event(*e, options_.output, session_.time().wall()));
    if (++seen_ == most_) session_.finish();
  }

  std::string summary() const {
    return counted(seen_, "event") +
           (faulty_ > 0 ? ", " + std::to_string(faulty_) + " of them break the protocol (!)" : "");
  }

  const settled_options& options_;
  const event_pattern pattern_;
  const std::size_t most_;
  const std::optional<std::chrono::milliseconds> duration_;
  bus_session session_;
  std::size_t seen_ = 0;
  std::size_t faulty_ = 0;
};

/// Lists the resources of a device that publish events, instead of waiting for events.
int list_publishers(const events_arguments& given, const settled_options& options) {
  if (given.pattern.empty() || is_glob(given.pattern))
    throw usage_failure("--list needs a TAG", "mqcoap events --list 2D_XX_0_9999");
  if (!given.duration.empty() || given.count > 0 || given.system)
    throw usage_failure("--list does not wait for events", "mqcoap events --list " + given.pattern);
  const request_spec what(discovery_address(given.pattern), method::get);
  session s(options);
  s.connect();
  const auto outcome = s.request(what);
  auto resources =
      outcome.answered && !outcome.error ? read_resources(outcome.answered->answer.body) : std::nullopt;
  if (!resources) return report_outcome(outcome, what, options);
  std::erase_if(*resources, [](const auto& r) { return r.events.empty(); });
  // A resource may publish events under another subsystem than the one for requests.
  if (options.quiet)
    for (auto& r : *resources) r.subsystems = {r.events};
  print(show_resources(*resources, options.output, options.quiet, what.to));
  if (resources->empty() && !options.quiet)
    complain("mqcoap: " + what.to.tag.text() + " lists no resource that publishes events");
  return status_ok;
}

}  // namespace

verb declare_events(CLI::App& root) {
  auto app = command(root).add_subcommand("events", "Show events as they happen");
  auto given = std::make_shared<events_arguments>();
  app->add_option("PATTERN", given->pattern,
                  "TAG, TAG/SUBSYSTEM or TAG/SUBSYSTEM/PATH, with * and ? (default: all)");
  app->add_option("--for", given->duration, "End after this time (default: until Ctrl-C)")
      ->option_text("TIME");
  app->add_option("--count", given->count, "End after N events (default: until Ctrl-C)")
      ->option_text("N")
      ->positive();
  app->add_flag("--system", given->system, "Show status and presence messages too");
  app->add_flag("--list", given->list,
                "List the resources of TAG that publish events, and do not wait for these");
  app->footer(
      "An event that breaks the protocol, for example without a timestamp, is shown with a `!` and the\n"
      "reason; other programs drop it. A summary on stderr counts them.\n\n"
      "Examples:\n"
      "  mqcoap events\n"
      "  mqcoap events '2D_*/axuv/*'\n"
      "  mqcoap events --list 2D_XX_0_9999\n"
      "  mqcoap events -o json --count 1 2D_XX_0_9999");
  auto has = effects::with_outputs({"body", "json", "raw", "csv"});
  has.token = false;
  return {.app = app,
          .run =
              [given](const settled_options& options) {
                return given->list ? list_publishers(*given, options) : watcher(*given, options).run();
              },
          .has = std::move(has)};
}

}  // namespace mqcoap::cli
