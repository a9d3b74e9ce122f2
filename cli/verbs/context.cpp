#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/base/units.hpp>
#include <mqcoap/protocol/name.hpp>
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

std::string url_of(const context_spec& c) { return c.url ? url_text(*c.url) : "mqtt://localhost"; }

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
  const auto before = std::filesystem::status(path, ec);
  ec = {};
  if (out && std::filesystem::exists(before)) std::filesystem::permissions(fresh, before.permissions(), ec);
  if (out && !ec) std::filesystem::rename(fresh, path, ec);
  if (!out || ec) throw failure(status_configuration, "cannot write " + path);
}

/// What a text of cli.yaml is expected to hold.
struct expected_file {
  std::size_t contexts;
  std::optional<std::string> preferred;
};

/// Checks the new text before it is written, because the edits do not know every way to write YAML.
/// @throws failure  if the text cannot be read, or does not hold what is expected
std::string checked(const std::optional<std::string>& text, const std::string& path,
                    const expected_file& expected) {
  try {
    if (text) {
      const auto made = parse_contexts(path, *text);
      if (made.contexts.size() == expected.contexts && made.preferred == expected.preferred) return *text;
    }
  } catch (const failure&) {  // the faults are in a text that nobody has seen
  }
  throw failure(status_configuration, path + " is written in a style that this verb cannot change",
                "write one line for each key below `contexts:`, or change the file by hand");
}

int use(const std::string& name, const settled_options& options) {
  const auto path = own_path();
  const auto file = read_contexts(path);
  const auto* c = file.find(name);
  if (c == nullptr) no_such(name, file, path);
  if (!c->faults.empty()) throw failure(status_configuration, c->faults);
  write(path, checked(with_preferred(text_at(path), name), path, {file.contexts.size(), name}));
  if (!options.quiet) complain("mqcoap: " + name + " is now the default context");
  return status_ok;
}

std::string absolute(const std::string& file) {
  std::error_code ec;
  const auto full = std::filesystem::absolute(file, ec);
  if (ec) throw failure(status_configuration, file + ": " + ec.message());
  return full.lexically_normal().string();
}

[[noreturn]] void refuse_password(const std::string& option) {
  throw usage_failure(option + ": a password is not stored in cli.yaml",
                      "--password-file FILE: the name of the file is stored");
}

/// Returns the URL of the broker as it is stored; nothing if no broker is named.
std::optional<std::string> url_to_store(const global_options& given, const option_layer& layer) {
  if (layer.broker && layer.broker->url.password) refuse_password("the URL");
  if (given.url && !given.port) return given.url;
  if (!layer.broker && !layer.port) return std::nullopt;
  auto url = layer.broker ? layer.broker->url : broker_url{.host = "localhost"};
  if (layer.port) url.port = layer.port;
  return url_text(url);
}

/// Returns the options as keys of a context. @throws usage_failure  for options that must not be stored in a
/// file, or that are invalid
context_lines lines_of(const global_options& given) {
  if (given.password) refuse_password("-P");
  const auto layer = to_layer(given);  // also checks the options
  context_lines lines;
  const auto add = [&lines](const char* key, const std::optional<std::string>& value) {
    if (value) lines.push_back({key, *value});
  };
  const auto add_file = [&add](const char* key, const std::optional<std::string>& file) {
    if (file) add(key, absolute(*file));
  };
  add("url", url_to_store(given, layer));
  add("username", given.username);
  add_file("password_file", given.password_file);
  add_file("token_file", given.token_file);
  if (layer.ns) add("namespace", layer.ns->text());
  if (layer.timeout) add("timeout", to_string(*layer.timeout));
  if (given.qos) lines.push_back({"qos", std::to_string(*given.qos), false});
  if (layer.protocol)
    lines.push_back({"protocol", *layer.protocol == mqtt_protocol::v5 ? "5" : "3.1.1", false});
  add_file("cafile", given.tls.ca_file);
  add_file("capath", given.tls.ca_path);
  add_file("cert", given.tls.cert_file);
  add_file("key", given.tls.key_file);
  if (given.insecure) lines.push_back({"insecure", "true", false});
  return lines;
}

int add(const std::string& name, const std::string& url, bool as_default, const settled_options& options) {
  const auto path = own_path();
  const auto file = read_contexts(path);
  if (file.find(name) != nullptr)
    throw usage_failure("there is already a context '" + name + "' in " + path, "mqcoap context rm " + name);
  if (!url.empty() && (options.given->url || options.given->host))
    throw usage_failure("the broker is given twice: as an argument and by an option");
  if (!basic_name<struct context_name_kind>::parse(name))
    throw usage_failure("'" + name + "' is not a valid name of a context",
                        "1 to 64 characters of A-Z a-z 0-9 _ . -");
  auto given = *options.given;
  if (!url.empty()) {
    if (const auto parsed = parse_broker_url(url); !parsed) throw usage_failure(parsed.error().message);
    given.url = url;
  }
  const auto lines = lines_of(given);
  auto text =
      checked(with_context(text_at(path), name, lines), path, {file.contexts.size() + 1, file.preferred});
  const auto made = parse_contexts(path, text);
  const auto* added = made.find(name);
  if (added == nullptr || !added->faults.empty())
    throw usage_failure(added == nullptr ? "'" + name + "' is not a valid name of a context" : added->faults);
  if (as_default) text = checked(with_preferred(text, name), path, {file.contexts.size() + 1, name});
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
  auto text = without_context(text_at(path), name);
  auto preferred = file.preferred;
  if (preferred == name) {
    if (text) text = with_preferred(*text, "");
    preferred.reset();
  }
  write(path, checked(text, path, {file.contexts.size() - 1, preferred}));
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
