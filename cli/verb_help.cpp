#include <CLI/CLI.hpp>
#include <memory>
#include <mqcoap/config/suggest.hpp>

#include "failure.hpp"
#include "output.hpp"
#include "verbs.hpp"

namespace mqcoap::cli {
namespace {

const CLI::App* below(const CLI::App& app, const std::string& name) {
  for (const auto* each : app.get_subcommands([](const CLI::App*) { return true; }))
    if (each->get_name() == name) return each;
  return nullptr;
}

[[noreturn]] void no_such(const CLI::App& app, const std::string& path, const std::string& word) {
  std::vector<std::string> names;
  for (const auto* each : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(each->get_name());
  const auto hint = suggest(word, names);
  throw usage_failure(
      "there is no verb '" +
          path.substr(path.find(' ') == std::string::npos ? path.size() : path.find(' ') + 1) +
          (path.find(' ') == std::string::npos ? "" : " ") + word + '\'',
      hint.empty() ? path + " --help" : hint);
}

int help(const CLI::App& root, const std::vector<std::string>& words) {
  const auto* app = &root;
  std::string path = root.get_name();
  std::string above;  // without the last word: CLI11 adds that itself
  for (const auto& word : words) {
    const auto* next = below(*app, word);
    if (next == nullptr) no_such(*app, path, word);
    app = next;
    above = path;
    path += ' ' + word;
  }
  // The help of a verb that was parsed is that of what is below it: of the program only this one was.
  print(app == &root ? root.get_formatter()->make_help(&root, path, CLI::AppFormatMode::Normal)
                     : app->help(above));
  return status_ok;
}

}  // namespace

verb declare_help(CLI::App& root) {
  auto* app = root.add_subcommand("help", "Print the help of the program or of a verb");
  auto words = std::make_shared<std::vector<std::string>>();
  app->add_option("VERB", *words, "The verb, and what is below it")->option_text("...");
  app->footer(
      "Examples:\n"
      "  mqcoap help\n"
      "  mqcoap help get\n"
      "  mqcoap help context add");
  return {.app = app,
          .run = [words, &root](const settled_options&) { return help(root, *words); },
          .offline = true,
          .has = effects::none()};
}

}  // namespace mqcoap::cli
