#include "options/contexts.hpp"

#include <algorithm>
#include <filesystem>
#include <mqcoap/config/yaml_reader.hpp>
#include <mqcoap/settings/common_types.hpp>
#include <mqcoap/settings/section.hpp>
#include <mqcoap/settings/source_file.hpp>
#include <mqcoap/settings/suggest.hpp>

#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

using namespace std::chrono_literals;

value_type<broker_url> url() {
  constexpr char expected[] = "mqtt[s]://[USER@]HOST[:PORT]";
  return refine(
      text(expected), expected, string_schema(),
      [](const std::string& written, const node& n, read_context& ctx) -> std::optional<broker_url> {
        auto parsed = parse_broker_url(written);
        if (!parsed) {
          ctx.faults.error(n, parsed.error().message);
        } else if (parsed->password) {
          ctx.faults.error(n, "a password in the url is refused", "password_file: FILE");
        } else {
          return *std::move(parsed);
        }
        return std::nullopt;
      });
}

template <class T, class V>
table_row<T> optional_key(const char* name, value_type<V> type, const char* doc,
                          std::optional<V> T::*target) {
  return key<T>(name, std::move(type), presence::optional("none"), doc, target);
}

template <class V>
table_row<context_spec> tls_key(const char* name, value_type<V> type, const char* doc,
                                std::optional<V> tls_choice::*target) {
  return key<context_spec>(name, std::move(type), presence::optional("none"), doc,
                           [target](context_spec& c, V value) { c.tls.*target = std::move(value); });
}

const section<context_spec>& context_section() {
  using c = context_spec;
  static const section<c> table{
      "context",
      "contexts.NAME",
      "A broker and how to speak with it.",
      {optional_key<c>("url", url(), "The broker.", &c::url),
       optional_key<c>("username", text("a user's name"), "Who logs in.", &c::username),
       optional_key<c>("password_file", text("a file's name"), "The password is its first line.",
                       &c::password_file),
       optional_key<c>("token_file", text("a file's name"), "The token is its first line.", &c::token_file),
       optional_key<c>("namespace", topic_namespace(), "First level of every topic.", &c::ns),
       optional_key<c>("timeout", duration(1ms, 10min), "How long to wait for an answer.", &c::timeout),
       key<c>("qos", integer(0, 1), presence::optional("0"), "Quality of service.",
              [](c& into, std::int64_t q) { into.qos = static_cast<int>(q); }),
       optional_key<c>("protocol",
                       choice<mqtt_protocol>({{"auto", mqtt_protocol::automatic},
                                              {"5", mqtt_protocol::v5},
                                              {"3.1.1", mqtt_protocol::v311}}),
                       "Version of MQTT.", &c::protocol),
       tls_key("cafile", text("a file's name"), "TLS: whom to trust.", &tls_choice::ca_file),
       tls_key("capath", text("a folder's name"), "TLS: the same, a folder.", &tls_choice::ca_path),
       tls_key("cert", text("a file's name"), "TLS: our certificate.", &tls_choice::cert_file),
       tls_key("key", text("a file's name"), "TLS: its key.", &tls_choice::key_file),
       tls_key("insecure", boolean(), "TLS: do not compare names.", &tls_choice::insecure)},
      {},
      {{"password", "a password must not be here: use password_file: FILE"},
       {"token", "a token must not be here: use token_file: FILE"}}};
  return table;
}

std::string all_messages(report& faults, const std::string& path) {
  std::string message;
  for (const auto& d : faults.take({path})) message += to_string(d);
  if (message.ends_with('\n')) message.pop_back();
  return message;
}

/// Reads each context with a separate report, so that an error in one does not affect the others.
std::optional<std::vector<context_spec>> read_each(const node& n, read_context& ctx) {
  std::vector<context_spec> all;
  if (n.is_null()) return all;
  if (!n.is_map()) {
    mismatch(n, "a map from names to contexts", ctx);
    return std::nullopt;
  }
  for (const node* value : n.items) {
    report faults;
    read_context own{faults, ctx.folder, ctx.defaults};
    const auto name = plain_name("a context's name").read(*value->key, own);
    auto spec = context_section().read(*value, own);
    auto& kept = all.emplace_back(spec ? *std::move(spec) : context_spec{});
    kept.name = name.value_or(value->key->text);
    if (faults.failed()) kept.faults = all_messages(faults, n.file->path());
  }
  return all;
}

const section<context_file>& file_section() {
  static const section<context_file> table{
      "contexts",
      "cli.yaml",
      "Contexts of mqcoap.",
      {key<context_file>("default", plain_name("a context's name"), presence::optional("none"),
                         "The context that is used if none is named.", &context_file::preferred),
       key<context_file>("contexts",
                         value_type<std::vector<context_spec>>{"a map from names to contexts", {}, read_each},
                         presence::optional("none"), "All contexts.", &context_file::contexts)}};
  return table;
}

/// Resolves a file name from cli.yaml against the folder of cli.yaml.
std::string beside(const std::string& path, const std::string& name) {
  return (std::filesystem::path(path).parent_path() / name).string();
}

std::vector<std::string> names_of(const context_file& file) {
  std::vector<std::string> names;
  for (const auto& c : file.contexts) names.push_back(c.name);
  return names;
}

/// @param with_broker  false if another broker is named; the broker of this context is then not even read
option_layer to_layer(const context_spec& c, const std::string& path, bool with_broker) {
  option_layer layer;
  layer.ns = c.ns;
  layer.timeout = c.timeout;
  layer.qos = c.qos;
  layer.protocol = c.protocol;
  if (!with_broker || !(c.url || c.username || c.password_file || c.token_file || c.tls.any())) return layer;

  auto& broker = layer.broker.emplace(option_layer::broker_choice{});
  broker.url = c.url.value_or(broker_url{.host = "localhost"});
  auto& with = broker.with;
  with.username = c.username;
  if (c.password_file) with.password = read_secret_file(beside(path, *c.password_file));
  if (c.token_file) with.token = read_secret_file(beside(path, *c.token_file));
  with.tls = c.tls;
  for (auto* file : {&with.tls.ca_file, &with.tls.ca_path, &with.tls.cert_file, &with.tls.key_file})
    if (*file) *file = beside(path, **file);
  return layer;
}

option_layer named_layer(const context_file& file, const std::string& path, const std::string& name,
                         bool with_broker) {
  const auto* found = file.find(name);
  if (found == nullptr)
    throw usage_failure("there is no context '" + name + "' in " + (path.empty() ? "cli.yaml" : path),
                        file.contexts.empty() ? "`mqcoap context --help` shows how to write one"
                                              : suggest(name, names_of(file)));
  if (!found->faults.empty()) throw failure(status_configuration, found->faults);
  return to_layer(*found, path, with_broker);
}

/// Returns the options of the default context, for commands that name none.
option_layer default_layer(const std::string& path, bool with_broker,
                           const std::function<void(const std::string&)>& warn) {
  const auto file = read_contexts(path);
  if (!file.preferred_fault.empty()) throw failure(status_configuration, file.preferred_fault);
  if (file.preferred) return named_layer(file, path, *file.preferred, with_broker);
  // No broker is named at all, so the user may have meant a faulty context.
  if (with_broker)
    for (const auto& c : file.contexts)
      if (!c.faults.empty())
        warn("context " + c.name + " is ignored, and no other context is the default: " + c.faults);
  return {};
}

}  // namespace

const context_spec* context_file::find(const std::string& name) const {
  const auto found =
      std::find_if(contexts.begin(), contexts.end(), [&](const auto& c) { return c.name == name; });
  return found == contexts.end() ? nullptr : &*found;
}

std::string contexts_path(const std::function<const char*(const char*)>& variable) {
  const auto said = [&](const char* name) {
    const char* text = variable(name);
    return std::string(text != nullptr ? text : "");
  };
  // The XDG specification ignores relative paths.
  if (const auto folder = said("XDG_CONFIG_HOME"); folder.starts_with('/'))
    return folder + "/mqcoap/cli.yaml";
  const auto home = said("HOME");
  return home.empty() ? "" : home + "/.config/mqcoap/cli.yaml";
}

context_file read_contexts(const std::string& path) {
  std::error_code ec;
  if (path.empty() || !std::filesystem::exists(path, ec)) return {};
  std::string why;
  auto bytes = read_regular_file(path, source_file::largest, why);
  if (!bytes) throw failure(status_configuration, path + " cannot be read: " + why);
  return parse_contexts(path, std::move(bytes->bytes), bytes->mode);
}

context_file parse_contexts(const std::string& path, std::string text, unsigned mode) {
  source_file source(path, std::move(text), mode);
  report faults;
  node_arena arena;
  config::yaml_defaults defaults;
  read_context ctx{faults, std::filesystem::path(path).parent_path().string(), defaults};
  const node* root = config::read_yaml(source, arena, faults, config::when_empty::is_nothing);
  if (root == nullptr && !faults.failed()) return {};
  auto file = root != nullptr ? file_section().read(*root, ctx) : std::nullopt;
  if (!file || faults.failed()) throw failure(status_configuration, all_messages(faults, path));
  if (file->preferred && file->find(*file->preferred) == nullptr) {
    report missing;
    missing.error(*root->find("default"), "there is no context '" + *file->preferred + '\'',
                  suggest(*file->preferred, names_of(*file)));
    file->preferred_fault = all_messages(missing, path);
  }
  return *std::move(file);
}

option_layer context_layer(const std::string& path, const context_choice& choice,
                           const std::function<void(const std::string&)>& warn) {
  if (choice.name) return named_layer(read_contexts(path), path, *choice.name, !choice.broker_named);
  try {
    return default_layer(path, !choice.broker_named, warn);
  } catch (const failure& e) {
    if (!choice.broker_named) throw;
    warn(std::string("the default context is ignored: ") + e.what());
    return {};
  }
}

}  // namespace mqcoap::cli
