#include <memory>

#include "completion.hpp"
#include "exit_status.hpp"
#include "output.hpp"
#include "verbs.hpp"

namespace mqcoap::cli {
namespace {

/// The text up to the end of its first clause.
std::string first_clause(const std::string& text) {
  return text.substr(0, std::min(text.find_first_of(":;,("), text.find('\n')));
}

std::vector<option_words> options_of(const CLI::App& app) {
  std::vector<option_words> all;
  for (const auto* o : app.get_options()) {
    if (!o->nonpositional()) continue;
    option_words words{.names = {},
                       .about = first_clause(o->get_description()),
                       .takes_value = o->get_expected_max() > 0 && o->get_type_size_max() > 0};
    for (const auto& name : o->get_snames()) words.names.push_back('-' + name);
    for (const auto& name : o->get_lnames()) words.names.push_back("--" + name);
    all.push_back(std::move(words));
  }
  return all;
}

/// True for a verb whose first argument is a device or an address.
bool takes_address(const CLI::App& app) {
  for (const auto* o : app.get_options()) {
    if (!o->get_positional()) continue;
    const auto name = o->get_name(true);
    return name == "ADDRESS" || name == "TAG" || name == "WHAT" || name == "PATTERN";
  }
  return false;
}

std::string script(const std::string& shell, const CLI::App& root) {
  std::vector<verb_words> verbs;
  for (const auto* app : root.get_subcommands([](const CLI::App*) { return true; })) {
    verb_words words{.name = app->get_name(),
                     .about = first_clause(app->get_description()),
                     .options = options_of(*app),
                     .takes_address = takes_address(*app)};
    for (const auto* below : app->get_subcommands([](const CLI::App*) { return true; }))
      words.verbs.push_back(below->get_name());
    verbs.push_back(std::move(words));
  }
  return completion_script(shell, options_of(root), verbs);
}

}  // namespace

verb declare_completion(CLI::App& root) {
  auto* app = root.add_subcommand("completion", "Print a script that completes words in a shell");
  auto shell = std::make_shared<std::string>();
  app->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  app->footer(
      "It knows all verbs and options, and asks the broker for the tags of devices and for their "
      "resources.\n\n"
      "Examples:\n"
      "  source <(mqcoap completion bash)      # or in ~/.bashrc\n"
      "  mqcoap completion fish > ~/.config/fish/completions/mqcoap.fish");
  return {app,
          [shell, &root](const settled_options&) {
            print(script(*shell, root));
            return static_cast<int>(status_ok);
          },
          true};
}

}  // namespace mqcoap::cli
