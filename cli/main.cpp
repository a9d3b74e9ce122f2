#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <vector>

#include "failure.hpp"
#include "global_options.hpp"
#include "style.hpp"
#include "verbs.hpp"

namespace mqcoap::cli {
namespace {

const char* environment(const char* name) { return std::getenv(name); }

void set_up_logging(bool debug) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("mqcoap"));
  spdlog::set_pattern("%^%l%$: %v");
  // Verbs say themselves what went wrong.
  spdlog::set_level(debug ? spdlog::level::debug : spdlog::level::off);
}

settled_options without_broker(const global_options& given) {
  return {{}, {}, to_output(given, environment), given.quiet};
}

int run(const verb& chosen, const global_options& given) {
  set_up_logging(given.debug);
  try {
    return chosen.run(chosen.offline ? without_broker(given) : settle_all(given, environment));
  } catch (const interrupted& e) {
    return 128 + e.signal();
  } catch (const output_closed&) {
    return 128 + SIGPIPE;
  } catch (const failure& e) {
    complain(std::string("mqcoap: ") + e.what());
    if (!e.hint().empty() && !given.quiet) complain("  try: " + e.hint());
    return e.status();
  } catch (const std::exception& e) {
    complain(std::string("mqcoap: internal error: ") + e.what());
    return status_internal;
  }
}

}  // namespace
}  // namespace mqcoap::cli

int main(int argc, char** argv) {
  using namespace mqcoap::cli;
  std::signal(SIGPIPE, SIG_IGN);  // of sockets; a closed standard output is noticed at writing
  CLI::App app("mqcoap: speaks with lab devices over MQTT", "mqcoap");
  app.set_help_flag("--help", "Print this help and exit");
  app.set_version_flag("--version", "mqcoap " MQCOAP_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  global_options given;
  declare_options(app, given);
  const std::vector<verb> verbs{
      declare_get(app),   declare_put(app),    declare_post(app),    declare_delete(app), declare_ls(app),
      declare_watch(app), declare_events(app), declare_monitor(app), declare_serve(app),  declare_sim(app),
      declare_bench(app), declare_record(app), declare_replay(app),  declare_config(app),
  };
  try {
    auto arguments = protect_numbers({argv + 1, argv + argc});
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? status_ok : status_usage;
  }
  for (const auto& each : verbs)
    if (each.app->parsed()) return run(each, given);
  return status_usage;
}
