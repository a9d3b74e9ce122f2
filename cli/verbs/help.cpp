#include <algorithm>
#include <memory>
#include <mqcoap/settings/suggest.hpp>

#include "output/output.hpp"
#include "verbs/verbs.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

[[noreturn]] void no_such(const std::vector<command>& there, const std::string& path,
                          const std::string& word) {
  std::vector<std::string> names;
  for (const auto& each : there) names.push_back(each.name());
  const auto hint = suggest(word, names);
  throw usage_failure(
      "there is no verb '" +
          path.substr(path.find(' ') == std::string::npos ? path.size() : path.find(' ') + 1) +
          (path.find(' ') == std::string::npos ? "" : " ") + word + '\'',
      hint.empty() ? path + " --help" : hint);
}

int help(const command& root, const std::vector<std::string>& words) {
  auto verb = root;
  std::string path = root.name();
  std::string above;  // without the last word, which CLI11 adds
  for (const auto& word : words) {
    const auto there = verb.below();
    const auto next =
        std::find_if(there.begin(), there.end(), [&](const auto& each) { return each.name() == word; });
    if (next == there.end()) no_such(there, path, word);
    verb = *next;
    above = path;
    path += ' ' + word;
  }
  // The help of a parsed verb would be that of its subcommand; here only the program was parsed.
  print(words.empty() ? root.program_help() : verb.help(above));
  return status_ok;
}

}  // namespace

verb declare_help(CLI::App& root) {
  command program(root);
  auto app = program.add_subcommand("help", "Print the help of the program or of a verb");
  auto words = std::make_shared<std::vector<std::string>>();
  app->add_option("VERB", *words, "The verb, and its subcommand")->option_text("...");
  app->footer(
      "Examples:\n"
      "  mqcoap help\n"
      "  mqcoap help get\n"
      "  mqcoap help context add");
  return {.app = app,
          .run = [words, program](const settled_options&) { return help(program, *words); },
          .offline = true,
          .has = effects::none()};
}

}  // namespace mqcoap::cli
