#pragma once

#include <cstddef>
#include <memory>
#include <mqcoap/config/settings.hpp>
#include <mqcoap/resource/kind_module.hpp>
#include <mqcoap/settings/section.hpp>
#include <optional>
#include <string>
#include <vector>

// The decoded configuration: each key is valid in itself, but keys have not been compared with each other
// yet, and their places are stored for those checks.
namespace mqcoap::config {

/// The decoded keys of `tls`; the files have not been read.
struct tls_spec {
  tls_options options;
  const node* ca_at = nullptr;
  const node* ca_dir_at = nullptr;
  const node* cert_at = nullptr;
  const node* key_at = nullptr;
  const node* key_password_at = nullptr;
  const node* alpn_at = nullptr;
};

struct broker_url {
  endpoint at;
  bool tls = false;
};

struct broker_spec {
  link_options options;
  located<std::vector<broker_url>> urls;
  std::optional<located<tls_spec>> tls;
  std::optional<located<std::string>> client_id;
  std::optional<located<std::string>> share;
  const node* password_at = nullptr;
};

struct defaults_spec {
  std::optional<namespace_name> ns;
  std::chrono::milliseconds timeout{};
  validation ids{};
};

struct limits_spec {
  payload_limits payload;
  std::size_t in_flight = 0;
  std::chrono::milliseconds handler_timeout{};
  std::size_t exec = 0;
};

struct logging_spec {
  log_level level{};
  log_target target;
  std::size_t body = 0;
};

struct http_spec {
  std::optional<observe::http_options> listen;  ///< none: off
  std::vector<std::string> hosts;
};

/// A key that kinds have in addition to the one that names them.
struct key_beside {
  /// A kind, and the index of the field in it.
  struct owner {
    const kind_module* kind;
    std::size_t field;
  };

  std::string name;
  std::vector<owner> owners;

  /// Returns the names of the kinds that have it.
  std::vector<std::string> kinds() const;
};

struct resource_spec {
  struct kind_entry {
    const kind_module* kind;
    const node* at;  ///< the value of the key that names the kind
    std::shared_ptr<const kind_reading> keys;
  };

  std::vector<kind_entry> kinds;                   ///< all named kinds without errors
  std::vector<located<const key_beside*>> beside;  ///< all keys without errors
  std::string title;
  std::string unit;
  std::optional<located<event_options>> publish;
};

struct device_spec {
  std::optional<located<std::string>> like;
  std::string description;
  std::vector<subsystem_name> subsystems;
  std::vector<named<std::string, resource_spec>> resources;
  std::optional<bool> presence;
  std::optional<bool> durable_dedup;
};

struct match_spec {
  std::vector<std::string> tags;
  std::vector<std::string> subsystems;
  std::string path;
  method_set methods;
};

struct target_spec {
  std::optional<located<std::string>> broker;
  std::optional<namespace_name> ns;
  std::string tag;
  std::string subsystem;
  std::string path;
};

struct route_spec {
  std::optional<located<std::string>> name;
  located<match_spec> match;
  located<target_spec> to;
  located<bool> serve;
  std::optional<std::chrono::milliseconds> timeout;
  std::size_t in_flight = 0;
  std::size_t queue = 0;
  wire_format wire{};
  std::optional<secret> token;
};

struct proxy_spec {
  std::optional<located<device_tag>> forward;
  std::vector<located<route_spec>> routes;
};

struct state_spec {
  std::optional<std::string> directory;
  std::optional<located<std::string>> postgres;
  std::optional<located<secret>> password;
};

struct standby_spec {
  std::chrono::milliseconds lease{5000};
};

struct root_spec {
  std::vector<named<std::string, broker_spec>> brokers;
  defaults_spec defaults;
  limits_spec limits;
  logging_spec logging;
  http_spec http;
  state_spec state;
  std::optional<located<standby_spec>> standby;
  std::vector<named<std::string, device_spec>> templates;
  std::vector<named<device_tag, device_spec>> devices;
  proxy_spec proxy;
};

/// @name The field tables
/// @{
const section<root_spec>& root_section();
const section<broker_spec>& broker_section();
const section<tls_spec>& tls_section();
const section<defaults_spec>& defaults_section();
const section<limits_spec>& limits_section();
const section<logging_spec>& logging_section();
const section<http_spec>& http_section();
const section<state_spec>& state_section();
const section<standby_spec>& standby_section();
const section<device_spec>& template_section();
const section<device_spec>& device_section();
const section<proxy_spec>& proxy_section();
const section<route_spec>& route_section();
const section<match_spec>& match_section();
const section<target_spec>& target_section();
/// @}

/// Reads the section `http`, or `off`.
value_type<http_spec> http_or_off();

}  // namespace mqcoap::config
