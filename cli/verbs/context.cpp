#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/base/units.hpp>
#include <mqcoap/settings/suggest.hpp>

#include "options/context_edit.hpp"
#include "options/contexts.hpp"
#include "options/global_options.hpp"
#include "output/table.hpp"
#include "session/hints.hpp"
#include "verbs/verbs.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

std::string own_path() {
  auto path = contexts_path([](const char* name) -> const char* { return std::getenv(name); });
  if (path.empty())
    throw failure(status_configuration, "cli.yaml has no folder: neither XDG_CONFIG_HOME nor HOME is set");
  return path;
}

std::string url_of(const context_spec& c) {
  if (!c.url) return "mqtt://localhost";
  const bool is_v6 = c.url->host.find(':') != std::string::npos;
  return std::string(c.url->tls ? "mqtts://" : "mqtt://") +
         (c.url->username ? *c.url->username + '@' : std::string()) +
         (is_v6 ? '[' + c.url->host + ']' : c.url->host) +
         (c.url->port ? ':' + std::to_string(*c.url->port) : "");
}

[[noreturn]] void no_such(const std::string& name, const context_file& file, const std::string& path) {
  std::vector<std::string> names;
  for (const auto& c : file.contexts) names.push_back(c.name);
  throw usage_failure("there is no context '" + name + "' in " + path, suggest(name, names));
}

int list(const settled_options& options) {
  const auto path = own_path();
  const auto file = read_contexts(path);
  std::vector<std::vector<std::string>> rows;
  if (options.output.terminal) rows.push_back({"", "NAME", "URL", "NAMESPACE"});
  for (const auto& c : file.contexts) {
    if (options.quiet)
      rows.push_back({c.name});
    else
      rows.push_back({!c.faults.empty()          ? "!"
                      : file.preferred == c.name ? "*"
                                                 : "",
                      c.name, url_of(c), c.ns ? c.ns->text() : ""});
    if (!c.faults.empty() && !options.quiet) complain(safe_text(c.faults, line_ends::kept));
  }
  if (!file.preferred_fault.empty() && !options.quiet)
    complain(safe_text(file.preferred_fault, line_ends::kept));
  if (file.contexts.empty() && !options.quiet) {
    complain("mqcoap: no contexts in " + path);
    complain_hint("mqcoap context --help", options.output.colour_errors);
  } else {
    print(aligned(rows));
  }
  return status_ok;
}

int show_context(const std::string& name) {
  const auto path = own_path();
  const auto file = read_contexts(path);
  const auto wanted = name.empty() ? file.preferred.value_or("") : name;
  if (wanted.empty()) throw usage_failure("no context is the default", "mqcoap context use NAME");
  const auto* c = file.find(wanted);
  if (c == nullptr) no_such(wanted, file, path);
  if (!c->faults.empty()) throw failure(status_configuration, c->faults);
  std::vector<std::vector<std::string>> rows{{"name:", c->name}, {"url:", url_of(*c)}};
  const auto row = [&rows](const char* key, const std::optional<std::string>& value) {
    if (value) rows.push_back({key, *value});
  };
  row("username:", c->username);
  row("password_file:", c->password_file);
  row("token_file:", c->token_file);
  row("namespace:", c->ns ? std::optional(c->ns->text()) : std::nullopt);
  row("timeout:", c->timeout ? std::optional(to_string(*c->timeout)) : std::nullopt);
  row("protocol:", c->protocol ? std::optional<std::string>(*c->protocol == mqtt_protocol::v5 ? "5" : "3.1.1")
                               : std::nullopt);
  row("qos:", c->qos ? std::optional(std::to_string(*c->qos)) : std::nullopt);
  row("cafile:", c->tls.ca_file);
  row("capath:", c->tls.ca_path);
  row("cert:", c->tls.cert_file);
  row("key:", c->tls.key_file);
  row("insecure:", c->tls.insecure.value_or(false) ? std::optional<std::string>("true") : std::nullopt);
  print(aligned(rows));
  return status_ok;
}

/// Returns the text of cli.yaml; empty if the file does not exist.
std::string text_at(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Replaces the file atomically: a reader sees either the old file or the new one.
void write(const std::string& path, const std::string& text) {
  std::error_code ec;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ec);
  const auto fresh = path + ".new";
  std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  ec = {};
  if (out && std::filesystem::exists(path))
    std::filesystem::permissions(fresh, std::filesystem::status(path).permissions(), ec);
  if (out && !ec) std::filesystem::rename(fresh, path, ec);
  if (!out || ec) throw failure(status_configuration, "cannot write " + path);
}

int use(const std::string& name, const settled_options& options) {
  const auto path = own_path();
  const auto file = read_contexts(path);
  const auto* c = file.find(name);
  if (c == nullptr) no_such(name, file, path);
  if (!c->faults.empty()) throw failure(status_configuration, c->faults);
  write(path, with_preferred(text_at(path), name));
  if (!options.quiet) complain("mqcoap: " + name + " is now the default context");
  return status_ok;
}

std::string absolute(const std::string& file) {
  return std::filesystem::absolute(file).lexically_normal().string();
}

/// Returns the options as keys of a context. @throws usage_failure  for options that must not be stored in a
/// file, or that are invalid
context_lines lines_of(const global_options& given, const std::string& url) {
  if (given.password)
    throw usage_failure("-P: a password is not stored in cli.yaml",
                        "--password-file FILE: the name of the file is stored");
  const auto layer = to_layer(given);  // also checks the options
  context_lines lines;
  const auto add = [&lines](const char* key, const std::optional<std::string>& value) {
    if (value) lines.emplace_back(key, *value);
  };
  const auto add_file = [&add](const char* key, const std::optional<std::string>& file) {
    if (file) add(key, absolute(*file));
  };
  if (!url.empty())
    add("url", url);
  else if (given.url && !given.port)
    add("url", *given.url);
  else if (layer.broker || layer.port) {
    context_spec c;
    c.url = layer.broker ? layer.broker->url : broker_url{.host = "localhost"};
    if (layer.port) c.url->port = layer.port;
    add("url", url_of(c));
  }
  add("username", given.username);
  add_file("password_file", given.password_file);
  add_file("token_file", given.token_file);
  if (layer.ns) add("namespace", layer.ns->text());
  if (layer.timeout) add("timeout", to_string(*layer.timeout));
  if (given.qos) add("qos", std::to_string(*given.qos));
  if (layer.protocol) add("protocol", *layer.protocol == mqtt_protocol::v5 ? "5" : "3.1.1");
  add_file("cafile", given.tls.ca_file);
  add_file("capath", given.tls.ca_path);
  add_file("cert", given.tls.cert_file);
  add_file("key", given.tls.key_file);
  if (given.insecure) add("insecure", "true");
  return lines;
}

/// Checks the new text before it is written: it must be readable, and contain the expected
/// number of contexts.
std::string checked(const std::optional<std::string>& text, const std::string& path, std::size_t contexts) {
  if (text && parse_contexts(path, *text).contexts.size() == contexts) return *text;
  throw failure(status_configuration, path + " is written in a style that this verb cannot change",
                "write one line for each key below `contexts:`, or change the file by hand");
}

int add(const std::string& name, const std::string& url, bool as_default, const settled_options& options) {
  const auto path = own_path();
  const auto file = read_contexts(path);
  if (file.find(name) != nullptr)
    throw usage_failure("there is already a context '" + name + "' in " + path, "mqcoap context rm " + name);
  if (!url.empty() && (options.given->url || options.given->host))
    throw usage_failure("the broker is given twice: as " + url + " and by an option");
  auto text = checked(with_context(text_at(path), name, lines_of(*options.given, url)), path,
                      file.contexts.size() + 1);
  const auto made = parse_contexts(path, text);
  const auto* added = made.find(name);
  if (added == nullptr || !added->faults.empty())
    throw usage_failure(added == nullptr ? "'" + name + "' is not a valid name of a context" : added->faults);
  if (as_default) text = with_preferred(text, name);
  write(path, text);
  if (!options.quiet)
    complain("mqcoap: added " + name + " to " + path + (as_default ? ", as the default" : "") +
             (as_default ? "" : "; --context " + name + ", or mqcoap context use " + name));
  return status_ok;
}

int remove(const std::string& name, const settled_options& options) {
  const auto path = own_path();
  const auto file = read_contexts(path);
  if (file.find(name) == nullptr) no_such(name, file, path);
  auto text = checked(without_context(text_at(path), name), path, file.contexts.size() - 1);
  if (file.preferred == name) text = with_preferred(text, "");
  write(path, text);
  if (!options.quiet)
    complain("mqcoap: removed " + name + (file.preferred == name ? ", which was the default" : ""));
  return status_ok;
}

}  // namespace

namespace {

struct context_arguments {
  std::string name{};
  std::string url{};
  bool as_default = false;
  command ls{};
  command show{};
  command use{};
  command add{};
  command rm{};
};

int run(const context_arguments& given, const settled_options& options) {
  if (given.ls->parsed()) return list(options);
  if (given.show->parsed()) return show_context(given.name);
  if (given.use->parsed()) return use(given.name, options);
  if (given.add->parsed()) return add(given.name, given.url, given.as_default, options);
  return remove(given.name, options);
}

}  // namespace

verb declare_context(CLI::App& root) {
  auto app = command(root).add_subcommand("context", "List, choose, add or remove named brokers");
  app->require_subcommand(1);
  auto given = std::make_shared<context_arguments>();
  given->ls = app->add_subcommand("ls", "List the contexts; * marks the default, ! one that cannot be used");
  given->show = app->add_subcommand("show", "Show a context, or the default one");
  given->show->add_option("NAME", given->name, "The name of the context");
  given->use = app->add_subcommand("use", "Make a context the default");
  given->use->add_option("NAME", given->name, "The name of the context")->required();
  given->add = app->add_subcommand("add", "Add a context from the options for the broker");
  given->add->add_option("NAME", given->name, "The name of the context")->required();
  given->add->add_option("URL", given->url, "The broker, as for -L");
  given->add->add_flag("--default", given->as_default, "Make it the default context");
  given->add->footer(
      "The context holds the broker, the user name, the files of password, token and TLS, the namespace,\n"
      "the timeout, QoS and "
      "protocol.\n\n"
      "Example:\n"
      "  mqcoap context add lab mqtt://lab@broker.example.org --password-file lab.password -n lab_v1 "
      "--default");
  given->rm = app->add_subcommand("rm", "Remove a context");
  given->rm->add_option("NAME", given->name, "The name of the context")->required();
  app->footer(
      "Contexts are kept in ~/.config/mqcoap/cli.yaml ($XDG_CONFIG_HOME is honoured):\n"
      "  default: lab\n"
      "  contexts:\n"
      "    lab:\n"
      "      url: mqtt://lab@broker.example.org\n"
      "      password_file: lab.password       # beside cli.yaml\n"
      "      namespace: gf_int_v1\n"
      "      timeout: 2s\n"
      "Further keys: username, token_file, qos, protocol, cafile, capath, cert, key, insecure.\n"
      "Flags take precedence over the environment, and that over the context. --context NAME or\n"
      "MQCOAP_CONTEXT chooses another context than the default.\n\n"
      "Examples:\n"
      "  mqcoap context add lab mqtt://lab@broker.example.org\n"
      "  mqcoap context use lab");
  auto kept = effects::none();
  kept.broker = kept.token = kept.timeout = true;
  return {.app = app,
          .run = [given](const settled_options& options) { return run(*given, options); },
          .offline = true,
          .has = effects::none(),
          .below_has = {{given->add, std::move(kept)}}};
}

}  // namespace mqcoap::cli
