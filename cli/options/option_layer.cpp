#include "options/option_layer.hpp"

#include <mqcoap/settings/source_file.hpp>

#include "words/duration_text.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

constexpr std::uint16_t plain_port = 1883;
constexpr std::uint16_t tls_port = 8883;
constexpr std::size_t longest_secret = 4096;

template <class T>
void fill(std::optional<T>& into, const std::optional<T>& from) {
  if (!into) into = from;
}

void fill(tls_choice& into, const tls_choice& from) {
  fill(into.ca_file, from.ca_file);
  fill(into.ca_path, from.ca_path);
  fill(into.insecure, from.insecure);
  // A key is only valid together with its own certificate.
  if (into.cert_file || into.key_file) return;
  into.cert_file = from.cert_file;
  into.key_file = from.key_file;
}

void fill(credentials& into, const credentials& from) {
  fill(into.username, from.username);
  fill(into.password, from.password);
  fill(into.token, from.token);
  fill(into.tls, from.tls);
}

/// Applies the settings that come with the layer's own broker, before a lower layer is consulted.
void adopt(option_layer& layer) {
  if (!layer.broker) return;
  const auto& [url, with] = *layer.broker;
  fill(layer.with, with);
  fill(layer.with.username, url.username);
  fill(layer.with.password, url.password);
  fill(layer.port, url.port);
}

std::optional<std::string> said(const std::function<const char*(const char*)>& variable, const char* name) {
  const char* text = variable(name);
  if (text == nullptr || *text == '\0') return std::nullopt;
  return text;
}

}  // namespace

option_layer overlay(option_layer over, option_layer under) {
  adopt(over);
  if (!over.broker) {
    adopt(under);
    over.broker = under.broker;
    fill(over.port, under.port);
  }
  fill(over.with, under.with);
  fill(over.ns, under.ns);
  fill(over.timeout, under.timeout);
  fill(over.qos, under.qos);
  fill(over.protocol, under.protocol);
  return over;
}

secret read_secret_file(const std::string& path) {
  std::string why;
  auto file = read_regular_file(path, longest_secret, why);
  if (!file) throw failure(status_configuration, "cannot read the secret in " + path + ": " + why);
  if ((file->mode & 022u) != 0)
    throw failure(status_configuration, "other users may write to " + path + ", which holds a secret",
                  "chmod go-w " + path);
  std::string text = file->bytes.substr(0, file->bytes.find_first_of("\r\n"));
  if (text.empty() || text.find('\0') != std::string::npos)
    throw failure(status_configuration,
                  "the first line of " + path + ", which should be a secret, is empty or binary");
  return secret(std::move(text));
}

option_layer read_environment(const std::function<const char*(const char*)>& variable) {
  option_layer layer;
  if (const auto url = said(variable, "MQCOAP_URL")) {
    auto parsed = parse_broker_url(*url);
    if (!parsed) throw usage_failure("MQCOAP_URL: " + parsed.error().message);
    layer.broker = option_layer::broker_choice{*std::move(parsed)};
  }
  if (const auto password = said(variable, "MQCOAP_PASSWORD")) layer.with.password = secret(*password);
  if (const auto token = said(variable, "MQCOAP_TOKEN")) layer.with.token = secret(*token);
  if (const auto ns = said(variable, "MQCOAP_NAMESPACE")) {
    const auto parsed = namespace_name::parse(*ns);
    if (!parsed)
      throw usage_failure("MQCOAP_NAMESPACE: '" + *ns + "' is not a namespace: " + parsed.error().message());
    layer.ns = *parsed;
  }
  if (const auto timeout = said(variable, "MQCOAP_TIMEOUT"))
    layer.timeout = duration_of("MQCOAP_TIMEOUT", *timeout, longest_timeout);
  return layer;
}

client_choice settle(option_layer all) {
  adopt(all);
  client_choice chosen;
  auto& broker = chosen.client.broker;
  const auto& with = all.with;
  bool is_tls = with.tls.any();
  if (all.broker) {
    broker.host = all.broker->url.host;
    broker.name = broker.host;
    is_tls = is_tls || all.broker->url.tls;
  }
  broker.port = all.port.value_or(is_tls ? tls_port : plain_port);
  if (with.password && !with.username)
    throw usage_failure("a password needs a user name", "-u NAME, or mqtt://NAME@HOST");
  if (with.tls.cert_file.has_value() != with.tls.key_file.has_value())
    throw usage_failure("a certificate and its key must be given together", "--cert FILE --key FILE");
  if (is_tls)
    broker.tls = tls_options{.ca_file = with.tls.ca_file.value_or(""),
                             .ca_dir = with.tls.ca_path.value_or(""),
                             .cert_file = with.tls.cert_file.value_or(""),
                             .key_file = with.tls.key_file.value_or(""),
                             .verify_host = !with.tls.insecure.value_or(false)};
  broker.username = with.username.value_or("");
  broker.password = with.password;
  chosen.token = with.token;
  if (all.ns) chosen.client.ns = *all.ns;
  if (all.timeout) chosen.client.timeout = *all.timeout;
  if (all.qos) broker.qos = *all.qos;
  if (all.protocol) broker.protocol = *all.protocol;
  return chosen;
}

}  // namespace mqcoap::cli
