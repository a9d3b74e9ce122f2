#include "lab.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace mqcoap::test {
namespace {

constexpr std::uint64_t first_ids = 1;  ///< seed of the ids of hops

/// One server under two names, which the configuration takes for two.
bool is_same_server(const link_options& a, const link_options& b) {
  const auto host = [](const link_options& o) { return o.host == "127.1" ? "127.0.0.1" : o.host; };
  return host(a) == host(b) && a.port == b.port;
}

}  // namespace

lab::lab(std::string folder, lab_events events, extras with)
    : folder_(std::move(folder)), events_(std::move(events)) {
  if (with == extras::none) return;
  observer_.emplace(time_, "0");
  presence_.emplace(
      time_, presence_alarm_, [this](const link_options& o) { return link_for_presence(o); }, log_sink());
  observer_->set_presence([this] { return presence_->status(); });
}

/// What the gateway says at its end concerns nobody.
lab::~lab() { events_.published = nullptr; }

settings lab::read(const std::string& file) const {
  auto loaded = load_settings(folder_ + '/' + file);
  for (const auto& d : loaded.diagnostics) std::fprintf(stderr, "%s\n", to_string(d).c_str());
  if (!loaded.value) throw std::runtime_error("the configuration is bad");
  return *std::move(loaded.value);
}

gateway_hooks lab::make_hooks() {
  gateway_hooks hooks;
  hooks.retired = [this](link& left) { retire(left); };
  hooks.ids = request_id_generator(first_ids);
  if (!presence_) return hooks;
  hooks.ready = [this] { presence_->set_online(true); };
  hooks.away = [this] { presence_->set_online(false); };
  hooks.document = [this](own_document which) { return observer_->document(which); };
  return hooks;
}

void lab::load(const std::string& file) {
  settings_ = read(file);
  std::vector<link*> links;
  for (const auto& options : settings_->brokers) links.push_back(link_to(options));
  gateway_ = std::make_unique<gateway>(settings_->gateway, std::move(links), time_, alarm_, make_hooks());
  if (observer_) observer_->watch(*gateway_);
  put_in_force();
  unstarted_.clear();
  gateway_->start();
  settle();
}

void lab::put_in_force() {
  if (!presence_) return;
  observer_->set_configuration(settings_->shown);
  observer_->set_reload({time_.wall(), true, "in force"});
  presence_->follow(gateway_->options().ns, gateway_->options().devices, settings_->brokers.front());
  if (gateway_->subscribed()) presence_->set_online(true);
}

/// The link of the gateway there; a new one where there is none yet.
link* lab::link_to(const link_options& broker) {
  auto& there = sites_[broker.name];
  if (!there) {
    site* same = nullptr;
    for (const auto& other : settings_->brokers)
      if (other.name != broker.name && sites_.contains(other.name) && is_same_server(other, broker))
        same = sites_.at(other.name).get();
    there = std::make_unique<site>(broker.name, same, events_.heard);
    if (same == nullptr) watch(*there->broker);
  }
  if (!there->gateway_link) there->gateway_link = std::make_unique<memory_link>(*there->broker, broker.name);
  if (!there->gateway_link->up()) unstarted_.push_back(there->gateway_link.get());
  return there->gateway_link.get();
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

void lab::reload(const std::string& file) {
  auto next = read(file);
  for (const auto& before : settings_->brokers) {
    if (std::find(next.brokers.begin(), next.brokers.end(), before) != next.brokers.end()) continue;
    leaving_.push_back(std::move(site_of(before.name).gateway_link));
  }
  std::vector<link*> links;
  for (const auto& options : next.brokers) links.push_back(link_to(options));
  settings_ = std::move(next);
  gateway_->reconfigure(settings_->gateway, std::move(links));
  put_in_force();
  start_links();
  settle();
}

/// Of two links with one client id, the old one goes first.
void lab::start_links() {
  std::erase_if(unstarted_, [this](link* l) {
    const bool taken = std::any_of(leaving_.begin(), leaving_.end(),
                                   [l](const auto& old) { return old->client_id() == l->client_id(); });
    if (!taken) l->start(*gateway_);
    return !taken;
  });
}

void lab::retire(link& left) {
  left.stop(std::chrono::milliseconds(0), [this, gone = &left] {
    std::erase_if(leaving_, [gone](const auto& l) { return l.get() == gone; });
    start_links();
  });
}

void lab::settle() {
  if (suspended_) return;
  std::size_t moved = 1;
  while (moved > 0) {
    moved = 0;
    for (auto& [name, s] : sites_) moved += s->broker->run();
    if (alarm_.rings(time_.now())) {
      gateway_->on_alarm();
      ++moved;
    }
    if (presence_alarm_.rings(time_.now())) {
      presence_->on_alarm();
      ++moved;
    }
  }
}

site& lab::site_of(std::string_view name) {
  const auto at = sites_.find(name);
  if (at == sites_.end()) throw std::runtime_error("there is no broker '" + std::string(name) + "'");
  return *at->second;
}

void lab::elapse(std::chrono::milliseconds by) {
  time_.advance(by);
  settle();
}

/// What was published meanwhile lies unread; how long it waited, the link tells.
void lab::go_on() {
  for (auto& [name, s] : sites_) s->broker->set_waited(time_.now() - *suspended_);
  suspended_.reset();
  settle();
  for (auto& [name, s] : sites_) s->broker->set_waited({});
}

void lab::drain() {
  gateway_->drain([this] {
    if (presence_) presence_->stop(std::chrono::milliseconds(0), [] {});
  });
}

void lab::abandon() { gateway_->abandon(); }

}  // namespace mqcoap::test
