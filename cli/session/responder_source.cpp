#include "session/responder_source.hpp"

#include "options/configuration_file.hpp"
#include "options/global_options.hpp"
#include "session/fleet.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

config::settings of_arguments(const responder_arguments& given, const settled_options& options) {
  gateway_options gateway{
      .logged_body = 0, .ns = options.client.ns, .decoding = {}, .limits = {}, .devices = {}, .proxy = {}};
  gateway.devices.push_back(make_device(given.target, given.values, given.read_only));
  return {{options.client.broker}, std::move(gateway), {}};
}

/// Rejects options for the connection if no broker is named by an option: the file has its own.
void refuse_broker_options(const global_options& given, const std::string& file) {
  const auto& tls = given.tls;
  const std::pair<bool, const char*> options[] = {{given.username.has_value(), "--username"},
                                                  {given.password.has_value(), "--pw"},
                                                  {given.password_file.has_value(), "--password-file"},
                                                  {tls.ca_file.has_value(), "--cafile"},
                                                  {tls.ca_path.has_value(), "--capath"},
                                                  {tls.cert_file.has_value(), "--cert"},
                                                  {tls.key_file.has_value(), "--key"},
                                                  {given.insecure, "--insecure"},
                                                  {given.protocol.has_value(), "--protocol"},
                                                  {given.qos.has_value(), "--qos"}};
  for (const auto& [is_given, name] : options)
    if (is_given)
      throw usage_failure(
          std::string(name) + " has no effect on " + file + ", which sets it for its own broker",
          "-L URL or -h HOST names another broker");
}

config::settings of_file(const responder_arguments& given, const settled_options& options) {
  if (!given.values.empty() || given.read_only)
    throw usage_failure("-r and --read-only need a TAG; " + given.target + " describes its own resources");
  if (!options.names_broker && options.given != nullptr) refuse_broker_options(*options.given, given.target);
  auto out = load_configuration(given.target);
  if (options.names_broker) {
    auto name = std::move(out.brokers.front().name);  // routes may refer to this name
    out.brokers.front() = options.client.broker;
    out.brokers.front().name = std::move(name);
  }
  if (options.names_namespace) out.gateway.ns = options.client.ns;
  return out;
}

}  // namespace

void responder_arguments::declare(command app) {
  app.add_option("target", target,
                 "A tag to answer for, or a configuration of mqcoapd (.yaml, .yml, or with a /)")
      ->required()
      ->option_text("TAG|FILE.yaml");
  app.add_option("-r,--resource", values,
                 "A value under a path, for GET and PUT: JSON, or else a string. May be repeated")
      ->option_text("PATH=VALUE")
      ->expected(1)
      ->take_all();
  app.add_flag("--read-only", read_only, "Allow only GET of the values");
}

bool is_file_name(const std::string& target) {
  return target.ends_with(".yaml") || target.ends_with(".yml") || target.find('/') != std::string::npos;
}

config::settings settle(const responder_arguments& given, const settled_options& options) {
  auto out = is_file_name(given.target) ? of_file(given, options) : of_arguments(given, options);
  for (const auto& device : out.gateway.devices)
    if (device.tag.text() == out.brokers.front().client_id)
      throw usage_failure(
          "the MQTT client id " + out.brokers.front().client_id +
              " is the tag of a device: a device logs in with its tag, and one would throw the other "
              "off the broker",
          "leave --id out, or choose another");
  return out;
}

}  // namespace mqcoap::cli
