#include <algorithm>
#include <memory>

#include "options/completion.hpp"
#include "output/output.hpp"
#include "verbs/verbs.hpp"
#include "words/exit_status.hpp"

namespace mqcoap::cli {
namespace {

/// Returns the text up to the end of its first clause.
std::string first_clause(const std::string& text) {
  return text.substr(0, std::min(text.find_first_of(":;,("), text.find('\n')));
}

/// Returns what the value of an option can be, by its placeholder in the help.
argument_words value_of(const option_facts& option, const effects& has) {
  const auto& shown = option.value_word;
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
  if (option.is_named("--context")) return {word_kind::context};
  return {};
}

option_words option_words_of(const option_facts& option, const effects& has) {
  return {.names = option.names,
          .about = first_clause(option.about),
          .takes_value = option.takes_value,
          .value = value_of(option, has)};
}

/// Returns what an argument can be, by its name and its verb.
argument_words kind_of(const std::string& name, const std::string& path) {
  if (name == "ADDRESS") return {word_kind::address};
  if (name == "TAG" || name == "WHAT") return {word_kind::tag};
  if (name == "PATTERN" || name == "pattern") return {word_kind::pattern};
  if (name == "VALUE") return {word_kind::value};
  if (name == "target") return {word_kind::target};
  if (name == "SHELL") return {word_kind::words, {"bash", "zsh", "fish"}};
  if (name == "NAME" && path != "context add") return {word_kind::context};
  // `record` and `config init` refuse existing files.
  if (name == "file")
    return {path == "record" || path == "config init" ? word_kind::new_file : word_kind::file};
  return {};
}

std::vector<argument_words> arguments_of(const command& c, const std::string& path) {
  std::vector<argument_words> all;
  for (const auto& o : c.options()) {
    if (!o.is_argument()) continue;
    all.push_back(kind_of(o.name, path));
    all.back().repeated = o.repeated;
  }
  return all;
}

/// Appends the entries of a verb and of its subcommands.
void append(std::vector<verb_words>& to, const command& c, const std::string& path, const command& root,
            const verb& top, const effects& has) {
  verb_words words{.path = path, .about = first_clause(c.about()), .arguments = arguments_of(c, path)};
  for (const auto& o : c.options())
    if (!o.is_argument()) words.options.push_back(option_words_of(o, has));
  for (const auto& o : root.options())
    if (!o.is_argument() && !o.is_named("--help") && !o.is_named("--version") && has_effect(has, o))
      words.options.push_back(option_words_of(o, has));
  const auto below = c.below();
  for (const auto& each : below) words.below.push_back(each.name());
  to.push_back(std::move(words));
  for (const auto& each : below) {
    const auto own = top.below_has.find(each);
    append(to, each, path + ' ' + each.name(), root, top, own != top.below_has.end() ? own->second : top.has);
  }
}

std::vector<verb_words> words_of_all(const command& root, const std::vector<verb>& verbs) {
  verb_words program;
  for (const auto& o : root.options())
    if (!o.is_argument()) program.options.push_back(option_words_of(o, {}));
  for (const auto& v : verbs) program.below.push_back(command(*v.app).name());
  std::vector<verb_words> all{std::move(program)};
  for (const auto& v : verbs) append(all, command(*v.app), command(*v.app).name(), root, v, v.has);
  for (auto& words : all)  // `help` is the only verb whose arguments are verbs
    if (words.path == "help") words.arguments = {{word_kind::words, all.front().below}};
  return all;
}

}  // namespace

verb declare_completion(CLI::App& root, const std::vector<verb>& verbs) {
  command program(root);
  auto app = program.add_subcommand("completion", "Print a script that completes words in a shell");
  auto shell = std::make_shared<std::string>();
  app->add_option("SHELL", *shell, "bash, zsh or fish")->required()->one_of({"bash", "zsh", "fish"});
  app->footer(
      "The script completes all verbs and their options, and queries the broker for the tags of devices and\n"
      "their resources.\n\n"
      "Examples:\n"
      "  source <(mqcoap completion bash)      # or in ~/.bashrc\n"
      "  mqcoap completion fish > ~/.config/fish/completions/mqcoap.fish");
  return {.app = app,
          .run =
              [shell, program, &verbs](const settled_options&) {
                print(completion_script(*shell, words_of_all(program, verbs)));
                return static_cast<int>(status_ok);
              },
          .offline = true,
          .has = effects::none()};
}

}  // namespace mqcoap::cli
