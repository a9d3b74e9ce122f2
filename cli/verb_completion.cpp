#include <CLI/CLI.hpp>
#include <algorithm>
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

std::vector<const CLI::App*> verbs_below(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

/// What an option takes, by the word that its help shows for the value.
argument_words value_of(const CLI::Option& option, const effects& has) {
  const auto& shown = option.get_option_text();
  if (shown == "KIND") return {word_kind::words, has.outputs};
  if (shown == "FILE") return {word_kind::file};
  if (shown == "DIR") return {word_kind::folder};
  if (shown == "METHOD") return {word_kind::words, {"GET", "POST", "PUT", "DELETE"}};
  if (shown == "VERSION") return {word_kind::words, {"5", "3.1.1"}};
  if (shown == "QOS") return {word_kind::words, {"0", "1"}};
  if (shown == "TYPE")
    return {word_kind::words, {"application/json", "text/plain", "application/link-format"}};
  if (shown == "VALUE") return {word_kind::value};
  if (shown == "TAG") return {word_kind::tag};
  if (option.check_lname("context")) return {word_kind::context};
  return {};
}

option_words words_of(const CLI::Option& option, const effects& has) {
  option_words words{.names = {},
                     .about = first_clause(option.get_description()),
                     .takes_value = option.get_expected_max() > 0 && option.get_type_size_max() > 0,
                     .value = value_of(option, has)};
  for (const auto& name : option.get_snames()) words.names.push_back('-' + name);
  for (const auto& name : option.get_lnames()) words.names.push_back("--" + name);
  return words;
}

/// What an argument is, by its name and whose it is.
argument_words kind_of(const std::string& name, const std::string& path) {
  if (name == "ADDRESS") return {word_kind::address};
  if (name == "TAG" || name == "WHAT") return {word_kind::tag};
  if (name == "PATTERN" || name == "pattern") return {word_kind::pattern};
  if (name == "VALUE") return {word_kind::value};
  if (name == "target") return {word_kind::target};
  if (name == "SHELL") return {word_kind::words, {"bash", "zsh", "fish"}};
  if (name == "NAME" && path != "context add") return {word_kind::context};
  // Of these two, one that is there is refused.
  if (name == "file")
    return {path == "record" || path == "config init" ? word_kind::new_file : word_kind::file};
  return {};
}

std::vector<argument_words> arguments_of(const CLI::App& app, const std::string& path) {
  std::vector<argument_words> all;
  for (const auto* o : app.get_options()) {
    if (!o->get_positional()) continue;
    all.push_back(kind_of(o->get_name(true), path));
    all.back().repeated = o->get_items_expected_max() > 1;
  }
  return all;
}

/// Appends the words of a verb and of those below it.
void append(std::vector<verb_words>& to, const CLI::App& app, const std::string& path, const CLI::App& root,
            const verb& top, const effects& has) {
  verb_words words{
      .path = path, .about = first_clause(app.get_description()), .arguments = arguments_of(app, path)};
  for (const auto* o : app.get_options())
    if (o->nonpositional()) words.options.push_back(words_of(*o, has));
  for (const auto* o : root.get_options())
    if (o->nonpositional() && !o->check_lname("help") && !o->check_lname("version") && has_effect(has, *o))
      words.options.push_back(words_of(*o, has));
  for (const auto* below : verbs_below(app)) words.below.push_back(below->get_name());
  to.push_back(std::move(words));
  for (const auto* below : verbs_below(app)) {
    const auto own = top.below_has.find(below);
    append(to, *below, path + ' ' + below->get_name(), root, top,
           own != top.below_has.end() ? own->second : top.has);
  }
}

std::vector<verb_words> all_words(const CLI::App& root, const std::vector<verb>& verbs) {
  verb_words program;
  for (const auto* o : root.get_options())
    if (o->nonpositional()) program.options.push_back(words_of(*o, {}));
  for (const auto& v : verbs) program.below.push_back(v.app->get_name());
  std::vector<verb_words> all{std::move(program)};
  for (const auto& v : verbs) append(all, *v.app, v.app->get_name(), root, v, v.has);
  for (auto& words : all)  // the only one whose words are verbs
    if (words.path == "help") words.arguments = {{word_kind::words, all.front().below}};
  return all;
}

}  // namespace

verb declare_completion(CLI::App& root, const std::vector<verb>& verbs) {
  auto* app = root.add_subcommand("completion", "Print a script that completes words in a shell");
  auto shell = std::make_shared<std::string>();
  app->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  app->footer(
      "It knows all verbs and what each of them accepts, and asks the broker for the tags of devices and for "
      "their "
      "resources.\n\n"
      "Examples:\n"
      "  source <(mqcoap completion bash)      # or in ~/.bashrc\n"
      "  mqcoap completion fish > ~/.config/fish/completions/mqcoap.fish");
  return {.app = app,
          .run =
              [shell, &root, &verbs](const settled_options&) {
                print(completion_script(*shell, all_words(root, verbs)));
                return static_cast<int>(status_ok);
              },
          .offline = true,
          .has = effects::none()};
}

}  // namespace mqcoap::cli
