#include <CLI/CLI.hpp>
#include <memory>

#include "event_pattern.hpp"
#include "failure.hpp"
#include "option_layer.hpp"
#include "session.hpp"
#include "verbs.hpp"

namespace mqcoap::cli {
namespace {

struct words {
  std::string pattern{};
  std::string duration{};
  std::size_t count = 0;
  bool system = false;
};

int show_events(const words& given, const settled_options& options) {
  if (!options.output.format.empty() || options.output.header)
    throw usage_failure("events knows -o body, json, raw and csv; neither -i nor -F");
  const event_pattern pattern(given.pattern);
  const auto until = given.duration.empty()
                         ? steady_time::max()
                         : std::chrono::steady_clock::now() +
                               read_time(given.duration, "--for", std::chrono::hours(24 * 366));
  session s(options);
  s.connect();
  std::size_t seen = 0;
  const auto is_enough = [&] { return given.count > 0 && seen == given.count; };
  std::string pending;
  const auto note = [&](const general_message& m) {
    if (is_enough() || !pattern.matches(m.topic)) return;
    ++seen;
    pending += show_event(m, options.output, system_clock().wall());
  };
  s.subscribe(pattern.filter(general_topic::kind::event), note);
  if (given.system) s.subscribe(pattern.filter(general_topic::kind::system), note);
  if (options.output.terminal && !options.quiet) complain("mqcoap: waiting for events; Ctrl-C ends");
  // Written outside of the client's callbacks, where a closed output may be thrown.
  s.wait_until(until, [&] {
    if (!pending.empty()) print(std::exchange(pending, {}));
    return is_enough();
  });
  return status_ok;
}

}  // namespace

verb declare_events(CLI::App& root) {
  auto* app = root.add_subcommand("events", "Show events as they happen");
  auto given = std::make_shared<words>();
  app->add_option("PATTERN", given->pattern,
                  "TAG, TAG/SUBSYSTEM or TAG/SUBSYSTEM/PATH, with * and ? (default: all)");
  app->add_option("--for", given->duration, "How long (default: until Ctrl-C)")->option_text("TIME");
  app->add_option("--count", given->count, "How many (default: until Ctrl-C)")
      ->option_text("N")
      ->check(CLI::PositiveNumber);
  app->add_flag("--system", given->system, "Also status and presence");
  app->footer(
      "Examples:\n"
      "  mqcoap events\n"
      "  mqcoap events '2D_*/axuv/*'\n"
      "  mqcoap events -o json --count 1 2D_XX_0_9999");
  return {app, [given](const settled_options& options) { return show_events(*given, options); }};
}

}  // namespace mqcoap::cli
