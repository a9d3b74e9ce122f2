#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <mqcoap/config/loader.hpp>
#include <string>

#include "options/configuration_file.hpp"
#include "starting_file.hpp"
#include "verbs/config_state.hpp"
#include "verbs/verbs.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

constexpr char default_file[] = "/etc/mqcoap/mqcoap.yaml";

struct config_arguments {
  std::string checked = default_file;
  std::string shown = default_file;
  std::string made = "mqcoap.yaml";
  state_arguments state{default_file};
  command check{};
  command schema{};
  command init{};
  command stored{};
};

int check(const std::string& path) {
  const auto loaded = load_checked(path);
  print(path + ": OK: " + config::summary_of(loaded) + '\n');
  return status_ok;
}

int show_configuration(const std::string& path) {
  const auto shown = config::show_settings(path);
  complain_all(shown.diagnostics);
  if (!shown.yaml) throw failure(status_configuration, path + " has errors and cannot be used");
  print(*shown.yaml);
  return status_ok;
}

[[noreturn]] void refuse_file(const std::string& path) {
  const int error = errno;
  throw failure(status_usage, path + " cannot be created: " + std::strerror(error),
                error == EEXIST ? "no file is overwritten: name another one, or - for standard output" : "");
}

/// Creates a file; never overwrites an existing one.
void create(const std::string& path, std::string_view text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) refuse_file(path);
  bool good = true;
  while (good && !text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    good = written > 0;
    if (good) text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::close(fd) != 0 || !good) {
    const int error = errno;
    ::unlink(path.c_str());
    errno = error;
    refuse_file(path);
  }
}

int init(const std::string& path, bool quiet) {
  if (path == "-") {
    print(starting_file);
    return status_ok;
  }
  create(path, starting_file);
  if (!quiet) complain("created " + path + "; next: mqcoap config check " + path);
  return status_ok;
}

int run(const config_arguments& given, const settled_options& options) {
  if (given.check->parsed()) return check(given.checked);
  if (given.stored->parsed()) return show_state(given.state, options);
  if (given.init->parsed()) return init(given.made, options.quiet);
  if (given.schema->parsed()) {
    print(config::settings_schema() + '\n');
    return status_ok;
  }
  return show_configuration(given.shown);
}

}  // namespace

verb declare_config(CLI::App& root) {
  auto app = command(root).add_subcommand("config", "Check, show or create a configuration of mqcoapd");
  auto given = std::make_shared<config_arguments>();
  given->check =
      app->add_subcommand("check", "Report all errors in a file; status 78, or 0 if there is none");
  given->check->add_option("file", given->checked, "The file")->capture_default_str()->option_text("FILE");
  given->check->footer("Example: mqcoap config check /etc/mqcoap/mqcoap.yaml");
  given->schema = app->add_subcommand("schema", "Print the JSON Schema, for editors");
  given->schema->footer("Example: mqcoap config schema > mqcoap.schema.json");
  given->init = app->add_subcommand("init", "Write a commented file to start from; overwrites nothing");
  given->init->add_option("file", given->made, "The file, or - for standard output")
      ->capture_default_str()
      ->option_text("FILE");
  given->init->footer("Example: mqcoap config init lab.yaml && mqcoap serve lab.yaml");
  auto show_app =
      app->add_subcommand("show", "Print the effective configuration, with all defaults, and secrets as ***");
  show_app->add_option("file", given->shown, "The file")->capture_default_str()->option_text("FILE");
  show_app->footer("Example: mqcoap config show lab.yaml | less");
  given->stored = app->add_subcommand(
      "state", "Show or copy what a gateway has stored for resources with `persist`, also while it runs");
  given->stored
      ->add_option("file", given->state.file, "The configuration, which names the directory in state.dir")
      ->capture_default_str()
      ->option_text("FILE");
  given->stored->add_option("--dir", given->state.directory, "The directory, without a configuration")
      ->option_text("DIR")
      ->not_empty();
  given->stored->add_option("--backup", given->state.backup, "Copy the database into a new file")
      ->option_text("NEW_FILE")
      ->not_empty();
  given->stored->add_flag("--set-aside", given->state.set_aside,
                          "Show the values that are not in force because their resource rejected them");
  given->stored->add_flag("--sql", given->state.sql,
                          "Print the tables that state.postgres needs, as SQL for psql, and nothing else");
  given->stored->footer("Example: mqcoap config state --backup /backup/mqcoap-monday.db");
  app->require_subcommand(1);
  app->footer(
      "Examples:\n"
      "  mqcoap config init lab.yaml\n"
      "  mqcoap config check lab.yaml\n"
      "  mqcoap config show lab.yaml\n"
      "  mqcoap config schema > mqcoap.schema.json\n"
      "  mqcoap config state lab.yaml");
  return {.app = app,
          .run = [given](const settled_options& options) { return run(*given, options); },
          .offline = true,
          .has = effects::none()};
}

}  // namespace mqcoap::cli
