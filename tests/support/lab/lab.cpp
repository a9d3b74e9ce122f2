#include "lab.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace mqcoap::test {
namespace {

constexpr std::uint64_t first_ids = 1;      ///< seed for the ids of hops
constexpr std::chrono::seconds timeout{4};  ///< for the last answers, as in the daemon

/// Returns true for two addresses of one server, which look like two servers in the configuration.
bool is_same_server(const link_options& a, const link_options& b) {
  const auto host = [](const link_options& o) { return o.host == "127.1" ? "127.0.0.1" : o.host; };
  return host(a) == host(b) && a.port == b.port;
}

}  // namespace

lab::lab(std::string folder, lab_events events, extras with)
    : folder_(std::move(folder)), events_(std::move(events)) {
  if (with == extras::none) return;
  observer_.emplace(time_, "0");
  observer_->set_presence([this] { return host_->presences(); });
}

/// Messages that the gateway publishes while it is destroyed are not reported.
lab::~lab() { events_.published = nullptr; }

config::settings lab::read(const std::string& file) const {
  auto loaded = config::load_settings(folder_ + '/' + file);
  for (const auto& d : loaded.diagnostics) std::fprintf(stderr, "%s\n", to_string(d).c_str());
  if (!loaded.value) throw std::runtime_error("the configuration is bad");
  return *std::move(loaded.value);
}

gateway_hooks lab::make_hooks() {
  gateway_hooks hooks;
  hooks.ids = request_id_generator(first_ids);
  if (observer_) hooks.document = [this](own_document which) { return observer_->document(which); };
  return hooks;
}

host_environment lab::environment() {
  host_environment made{time_, alarm_, [this](const link_options& o) { return link_to(o); }, {}};
  if (observer_) made.connect_presence = [this](const link_options& o) { return link_for_presence(o); };
  made.flush_grace = {};
  return made;
}

void lab::load(const std::string& file) {
  settings_ = read(file);
  host_.emplace(host_configuration{settings_->gateway, settings_->brokers}, environment(), make_hooks());
  if (observer_) observer_->watch(host_->running());
  note_in_force();
  host_->start();
  settle();
}

void lab::reload(const std::string& file) {
  settings_ = read(file);
  host_->reconfigure({settings_->gateway, settings_->brokers});
  note_in_force();
  settle();
}

void lab::note_in_force() {
  if (!observer_) return;
  observer_->set_configuration(settings_->shown);
  observer_->set_reload({time_.wall(), true, "in force"});
}

/// Returns a new link of the gateway to this broker, which is created when its name is first used.
std::unique_ptr<link> lab::link_to(const link_options& broker) {
  auto& there = sites_[broker.name];
  if (!there) {
    site* same = nullptr;
    for (const auto& other : settings_->brokers)
      if (other.name != broker.name && sites_.contains(other.name) && is_same_server(other, broker))
        same = sites_.at(other.name).get();
    there = std::make_unique<site>(broker.name, same, events_.heard);
    if (same == nullptr) watch(*there->broker);
  }
  return std::make_unique<memory_link>(*there->broker, broker.name);
}

void lab::watch(memory_broker& b) {
  b.watch([this](const memory_link& from, std::string_view topic, std::string_view payload,
                 const publish_options& how) {
    const auto plays = [&from](const auto& each) { return &each.second->outside() == &from; };
    if (!events_.published || std::any_of(sites_.begin(), sites_.end(), plays)) return;
    events_.published(from.name(), topic, payload, how.retain);
  });
}

std::unique_ptr<link> lab::link_for_presence(const link_options& options) {
  if (events_.published && options.will)
    events_.published(options.client_id + " will", options.will->topic, options.will->payload,
                      options.will->retain);
  return std::make_unique<memory_link>(*default_site().broker, options.client_id, options.will);
}

void lab::settle() {
  if (suspended_) return;
  std::size_t moved = 1;
  while (moved > 0) {
    moved = 0;
    for (auto& [name, s] : sites_) moved += s->broker->run();
    if (alarm_.rings(time_.now())) {
      host_->on_alarm();
      ++moved;
    }
  }
}

site& lab::site_of(std::string_view name) {
  const auto at = sites_.find(name);
  if (at == sites_.end()) throw std::runtime_error("there is no broker '" + std::string(name) + "'");
  return *at->second;
}

const memory_link* lab::link_of(std::string_view name) const noexcept {
  for (const auto* const each : host_->running().links())
    if (each->name() == name) return static_cast<const memory_link*>(each);
  return nullptr;
}

void lab::elapse(std::chrono::milliseconds by) {
  time_.advance(by);
  settle();
}

/// Messages that were published in the meantime are unread; the link reports how long they waited.
void lab::go_on() {
  for (auto& [name, s] : sites_) s->broker->set_waited(time_.now() - *suspended_);
  suspended_.reset();
  settle();
  for (auto& [name, s] : sites_) s->broker->set_waited({});
}

void lab::stop() {
  host_->stop(timeout, [] {});
}

void lab::abandon() { host_->abandon(); }

}  // namespace mqcoap::test
