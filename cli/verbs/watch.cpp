#include <memory>
#include <vector>

#include "options/option_layer.hpp"
#include "session/address_search.hpp"
#include "session/request_verb.hpp"
#include "session/watching.hpp"
#include "verbs/verbs.hpp"
#include "words/duration_text.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

using namespace std::chrono_literals;

struct watch_arguments {
  std::vector<std::string> where{};
  std::string every = "1s";
  std::string duration{};
  std::size_t count = 0;
  bool all = false;
};

/// Returns 0 if all of the last answers were successful, otherwise the status of the first that was not.
int worst_of(const std::vector<request_outcome>& last) {
  for (const auto& outcome : last)
    if (const auto status = status_of(outcome.error); status != status_ok) return status;
  return status_ok;
}

int watch(const watch_arguments& given, const settled_options& options) {
  check_addresses(given.where);
  const auto every = duration_of("--every", given.every, std::chrono::hours(24));
  const auto until = given.duration.empty()
                         ? steady_time::max()
                         : std::chrono::steady_clock::now() + duration_of("--for", given.duration);
  session s(options);
  s.connect();
  std::vector<request_spec> what;
  for (auto& to : find_addresses(s, given.where, method::get, options))
    what.emplace_back(std::move(to), method::get);
  watch_log log(options.output, given.all, what.size() > 1);
  auto next = std::chrono::steady_clock::now();
  std::vector<request_outcome> last;
  for (std::size_t n = 1;; ++n) {
    last = s.request_all(what);
    for (std::size_t i = 0; i < what.size(); ++i) {
      const auto lines = log.add(last[i], what[i], system_clock().wall());
      if (!lines.out.empty()) print(lines.out);
      if (!lines.problem.empty()) complain(lines.problem);
    }
    if (n == given.count) break;
    // Continues at the next multiple of the interval, so that a slow device is not polled in a
    // burst afterwards.
    const auto now = std::chrono::steady_clock::now();
    next += every * ((now - next) / every + 1);
    if (next >= until) break;
    s.wait_until(next);
  }
  return worst_of(last);
}

}  // namespace

verb declare_watch(CLI::App& root) {
  auto app = command(root).add_subcommand("watch", "Read resources repeatedly and show changes");
  auto given = std::make_shared<watch_arguments>();
  app->add_option("ADDRESS", given->where, "TAG/SUBSYSTEM/PATH; several, or a pattern with * and ?")
      ->required()
      ->option_text("...");
  app->add_option("--every", given->every, "The interval between reads (default: 1s)")->option_text("TIME");
  app->add_option("--for", given->duration, "End after this time (default: until Ctrl-C)")
      ->option_text("TIME");
  app->add_option("--count", given->count, "End after N reads (default: until Ctrl-C)")
      ->option_text("N")
      ->positive();
  app->add_flag("--all", given->all, "Show every answer, not only changes");
  app->footer(
      "Times are local on a terminal, else UTC. Errors go to stderr and do not stop the watch. Several\n"
      "resources are read at the same time, and each line has its address. A pattern is resolved once, at\n"
      "the beginning: it stands for the resources listed by the devices that are online at that time.\n\n"
      "Examples:\n"
      "  mqcoap watch 2D_XX_0_9999/axuv/status --every 500ms\n"
      "  mqcoap watch 2D_XX_0_9999/axuv/status '2D_*/axuv/temperature'\n"
      "  mqcoap watch --all -o csv --for 1min 2D_XX_0_9999/axuv/temperature > run.csv");
  auto has = effects{};
  has.header = false;
  return {.app = app,
          .run = [given](const settled_options& options) { return watch(*given, options); },
          .has = std::move(has)};
}

}  // namespace mqcoap::cli
