#include "program.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <mqcoap/base/closest.hpp>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/settings/suggest.hpp>
#include <mqcoap/transport/log.hpp>

#include "options/global_options.hpp"
#include "options/help_formatter.hpp"
#include "verbs/verbs.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

const char* environment(const char* name) { return std::getenv(name); }

void declare_verbs(CLI::App& root, std::vector<verb>& verbs) {
  verbs.push_back(declare_get(root));
  verbs.push_back(declare_put(root));
  verbs.push_back(declare_post(root));
  verbs.push_back(declare_delete(root));
  verbs.push_back(declare_ls(root));
  verbs.push_back(declare_forget(root));
  verbs.push_back(declare_watch(root));
  verbs.push_back(declare_events(root));
  verbs.push_back(declare_monitor(root));
  verbs.push_back(declare_bench(root));
  verbs.push_back(declare_serve(root));
  verbs.push_back(declare_sim(root));
  verbs.push_back(declare_record(root));
  verbs.push_back(declare_replay(root));
  verbs.push_back(declare_config(root));
  verbs.push_back(declare_doctor(root));
  verbs.push_back(declare_context(root));
  verbs.push_back(declare_completion(root, verbs));
  verbs.push_back(declare_help(root));
}

/// Returns the effects and the name of the chosen verb, or of its subcommand.
std::pair<const effects*, std::string> chosen_effects(const verb& chosen) {
  for (const auto& [app, has] : chosen.below_has)
    if (app->parsed()) return {&has, chosen.app->get_name() + ' ' + app->get_name()};
  return {&chosen.has, chosen.app->get_name()};
}

void set_up(CLI::App& root) {
  root.set_help_flag("--help", "Print this help and exit");
  root.set_version_flag("--version", "mqcoap " MQCOAP_VERSION, "Print the version and exit");
  root.require_subcommand(1);
  root.fallthrough();
  use_help_formatter(root);
  root.footer(
      "Options may come before or after the verb; see `mqcoap help VERB`.\n"
      "Flags take precedence over the environment (in brackets), that over the context, and that over\n"
      "the defaults.\n\n"
      "Exit status: 0 for 2xx, 4 for 4xx, 5 for 5xx, 6 no usable answer in time, 3 broker unreachable or "
      "refusing,\n"
      "2 wrong command line, 78 bad configuration, 130 interrupted.\n\n"
      "Examples:\n"
      "  mqcoap ls\n"
      "  mqcoap get 2D_XX_0_9999/axuv/gains\n"
      "  mqcoap -L mqtt://lab@broker.example.org put 2D_XX_0_9999/axuv/gains '[0, 1, 2]'");
}

void set_up_logging(bool debug) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("mqcoap"));
  spdlog::set_pattern("%^%l%$: %v");
  // Verbs report their errors themselves.
  spdlog::set_level(debug ? spdlog::level::debug : spdlog::level::off);
}

/// Returns true if the word is an option, of the program or of any verb, that takes a value.
bool takes_value(const CLI::App& app, const std::string& word) {
  const auto* found = app.get_option_no_throw(word);
  if (found != nullptr && found->get_items_expected_max() > 0) return true;
  const auto verbs = app.get_subcommands([](const CLI::App*) { return true; });
  return std::any_of(verbs.begin(), verbs.end(), [&](const auto* verb) { return takes_value(*verb, word); });
}

/// Returns the verb or subcommand that the command line named last; the program itself if there is none.
const CLI::App& innermost(const CLI::App& app) {
  const auto below = app.get_subcommands();
  return below.empty() ? app : innermost(*below.front());
}

/// Returns how a verb or subcommand is called, such as `mqcoap config state`.
std::string command_of(const CLI::App& app) {
  return app.get_parent() == nullptr ? "mqcoap" : command_of(*app.get_parent()) + ' ' + app.get_name();
}

/// Returns the long options of a verb and of the program.
std::vector<std::string> known_options(const CLI::App& verb) {
  std::vector<std::string> names;
  for (const auto* app = &verb; app != nullptr; app = app->get_parent())
    for (const auto* option : app->get_options())
      for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// Returns a hint for an option that does not exist. Other MQTT clients name the broker by other options.
std::string hint_for_option(const CLI::App& app, const std::string& option) {
  constexpr std::string_view names_broker[] = {"-b", "--broker", "--server", "--uri"};
  if (std::ranges::find(names_broker, option) != std::end(names_broker))
    return "name the broker: -h HOST -p PORT, or -L URL";
  if (option.starts_with("--")) {
    const auto names = known_options(app);
    if (const auto meant = closest(option, names); !meant.empty())
      return "did you mean '" + std::string(meant) + "'?";
  }
  return command_of(app) + " --help";
}

/// Reports an option or argument that the verb does not accept. Returns false if there is none.
bool complain_about_extras(const CLI::App& app, const std::vector<std::string>& extras) {
  if (extras.empty()) return false;
  const auto found =
      std::ranges::find_if(extras, [](const auto& w) { return w.size() > 1 && w.front() == '-'; });
  if (found == extras.end()) {
    complain("mqcoap: unexpected argument '" + safe_text(unguarded(extras.front())) + '\'');
    complain("  try: " + command_of(app) + " --help");
  } else {
    const auto option = found->substr(0, found->find('='));
    complain("mqcoap: unknown option " + safe_text(option));
    complain("  try: " + hint_for_option(app, option));
  }
  return true;
}

/// Reports a verb that does not exist. Returns false if the words name none.
bool complain_about_verb(const CLI::App& app, const std::vector<std::string>& words) {
  const auto verbs = app.get_subcommands([](const CLI::App*) { return true; });
  const auto word = std::ranges::find_if(words, [](const auto& w) { return !w.starts_with('-'); });
  if (verbs.empty() || word == words.end()) return false;
  std::vector<std::string> names;
  for (const auto* verb : verbs) names.push_back(verb->get_name());
  const auto given = unguarded(*word);
  const auto hint = suggest(given, names);
  complain("mqcoap: there is no verb '" + given + '\'' +
           (app.get_parent() == nullptr ? "" : " in " + command_of(app)));
  complain("  try: " + (hint.empty() ? command_of(app) + " --help" : hint));
  return true;
}

int usage_error(const CLI::App& root, const CLI::ParseError& e) {
  const auto& chosen = innermost(root);
  const auto rest = root.remaining(true);
  const bool is_complete = chosen.get_subcommands([](const CLI::App*) { return true; }).empty();
  if (!is_complete && complain_about_verb(chosen, rest)) return status_usage;
  const bool has_extras = &chosen == &root || dynamic_cast<const CLI::ExtrasError*>(&e) != nullptr;
  if (has_extras && complain_about_extras(chosen, rest)) return status_usage;
  complain(std::string("mqcoap: ") + e.what());
  complain("  try: " + command_of(chosen) + " --help");
  return status_usage;
}

int run(const command& root, const verb& chosen, const global_options& given) {
  set_up_logging(given.debug);
  try {
    const auto [has, name] = chosen_effects(chosen);
    refuse_idle_options(root, *has, name);
    if (chosen.offline)
      return chosen.run({{}, {}, to_output(given, environment), given.quiet, false, false, &given});
    auto settled = settle_all(given, environment);
    settled.client.broker.log = spdlog_sink();
    settled.given = &given;
    return chosen.run(settled);
  } catch (const interrupted& e) {
    return 128 + e.signal();
  } catch (const output_closed&) {
    return 128 + SIGPIPE;
  } catch (const failure& e) {
    complain("mqcoap: " + safe_text(e.what(), line_ends::kept));
    if (!given.quiet) complain_hint(e.hint(), false);
    return e.status();
  } catch (const std::exception& e) {
    complain(std::string("mqcoap: internal error: ") + e.what());
    return status_internal;
  }
}

}  // namespace

int run_program(std::vector<std::string> arguments) {
  CLI::App root("mqcoap: sends requests to lab devices over MQTT", "mqcoap");
  set_up(root);
  global_options given;
  declare_options(root, given);
  std::vector<verb> verbs;
  declare_verbs(root, verbs);
  for (const auto& each : verbs)
    each.app->group("Verbs")->footer(each.app->get_footer() +
                                     "\n\nOptions for the broker and the output: mqcoap --help");
  if (arguments.empty()) {
    complain(root.help());
    return status_usage;
  }
  try {
    const auto has_value = [&](const auto& word) { return takes_value(root, word); };
    auto words = protect_values(with_help_by_h(std::move(arguments), has_value), has_value);
    std::reverse(words.begin(), words.end());  // CLI11 reads them from the end
    root.parse(std::move(words));
  } catch (const CLI::Success& e) {
    return root.exit(e) == 0 ? status_ok : status_internal;
  } catch (const CLI::ParseError& e) {
    return usage_error(root, e);
  }
  for (const auto& each : verbs)
    if (each.app->parsed()) return run(command(root), each, given);
  return status_usage;
}

}  // namespace mqcoap::cli
