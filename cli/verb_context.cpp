#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <mqcoap/base/units.hpp>
#include <mqcoap/config/suggest.hpp>

#include "contexts.hpp"
#include "failure.hpp"
#include "hints.hpp"
#include "table.hpp"
#include "verbs.hpp"

namespace mqcoap::cli {
namespace {

std::string own_path() {
  auto path = contexts_path([](const char* name) -> const char* { return std::getenv(name); });
  if (path.empty())
    throw failure(status_configuration,
                  "there is no folder for cli.yaml: neither XDG_CONFIG_HOME nor HOME is set");
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
      rows.push_back({file.preferred == c.name ? "*" : "", c.name, url_of(c), c.ns ? c.ns->text() : ""});
  }
  if (file.contexts.empty() && !options.quiet) {
    complain("mqcoap: no contexts in " + path);
    complain_hint("mqcoap context --help", options.output.colour_errors);
  } else {
    print(aligned(rows));
  }
  return status_ok;
}

int show(const std::string& name) {
  const auto path = own_path();
  const auto file = read_contexts(path);
  const auto wanted = name.empty() ? file.preferred.value_or("") : name;
  if (wanted.empty()) throw usage_failure("no context is the default", "mqcoap context use NAME");
  const auto* c = file.find(wanted);
  if (c == nullptr) no_such(wanted, file, path);
  std::vector<std::vector<std::string>> rows{{"name:", c->name}, {"url:", url_of(*c)}};
  const auto row = [&rows](const char* key, const std::optional<std::string>& value) {
    if (value) rows.push_back({key, *value});
  };
  row("username:", c->username);
  row("password_file:", c->password_file);
  row("token_file:", c->token_file);
  row("namespace:", c->ns ? std::optional(c->ns->text()) : std::nullopt);
  row("timeout:", c->timeout ? std::optional(to_string(*c->timeout)) : std::nullopt);
  row("qos:", c->qos ? std::optional(std::to_string(*c->qos)) : std::nullopt);
  row("cafile:", c->tls.ca_file);
  row("capath:", c->tls.ca_path);
  row("cert:", c->tls.cert_file);
  row("key:", c->tls.key_file);
  print(aligned(rows));
  return status_ok;
}

int use(const std::string& name, const settled_options& options) {
  const auto path = own_path();
  const auto file = read_contexts(path);
  if (file.find(name) == nullptr) no_such(name, file, path);
  std::ifstream in(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  // A reader sees the old file or the new one, never a half.
  const auto fresh = path + ".new";
  std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
  out << with_preferred(text, name);
  out.close();
  std::error_code ec;
  if (out) std::filesystem::permissions(fresh, std::filesystem::status(path).permissions(), ec);
  if (out) std::filesystem::rename(fresh, path, ec);
  if (!out || ec) throw failure(status_configuration, "cannot write " + path);
  if (!options.quiet) complain("mqcoap: " + name + " is now the default context");
  return status_ok;
}

}  // namespace

verb declare_context(CLI::App& root) {
  auto* app = root.add_subcommand("context", "Named brokers: which there are, and which is the default");
  app->require_subcommand(1);
  auto* ls = app->add_subcommand("ls", "List them; * marks the default");
  auto name = std::make_shared<std::string>();
  auto* one = app->add_subcommand("show", "Show one, or the default");
  one->add_option("NAME", *name, "Its name");
  auto* pick = app->add_subcommand("use", "Make one the default");
  pick->add_option("NAME", *name, "Its name")->required();
  app->footer(
      "Contexts stand in ~/.config/mqcoap/cli.yaml ($XDG_CONFIG_HOME is honoured):\n"
      "  default: lab\n"
      "  contexts:\n"
      "    lab:\n"
      "      url: mqtt://lab@broker.example.org\n"
      "      password_file: lab.password       # beside cli.yaml\n"
      "      namespace: gf_int_v1\n"
      "      timeout: 2s\n"
      "Further keys: username, token_file, qos, protocol, cafile, capath, cert, key, insecure.\n"
      "What is said by flag comes first, then the environment, then the context. --context NAME or\n"
      "MQCOAP_CONTEXT picks another one than the default.\n\n"
      "Example:\n"
      "  mqcoap context use lab");
  return {app,
          [ls, one, name](const settled_options& options) {
            if (ls->parsed()) return list(options);
            return one->parsed() ? show(*name) : use(*name, options);
          },
          true};
}

}  // namespace mqcoap::cli
