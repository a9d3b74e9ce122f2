#include "session.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "accidents.hpp"

namespace mqcoap::replay {
namespace {

constexpr std::size_t longest_request = 150;  ///< number of bytes of a request that are shown
constexpr std::size_t longest_message = 1200;

bool is_version_4(std::string_view id) {
  constexpr std::string_view shape = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
  const auto fits = [](char c, char s) {
    const std::string_view allowed = s == 'x'   ? "0123456789abcdef"
                                     : s == 'y' ? "89ab"
                                                : std::string_view(&s, 1);
    return allowed.find(c) != std::string_view::npos;
  };
  return id.size() == shape.size() && std::equal(id.begin(), id.end(), shape.begin(), fits);
}

/// Returns the text of a string member, found without parsing the payload.
std::string_view text_behind(std::string_view payload, std::string_view name) {
  const auto at = payload.find(name);
  if (at == std::string_view::npos) return {};
  const auto rest = payload.substr(at + name.size());
  return rest.substr(0, rest.find('"'));
}

}  // namespace

session::session(std::string folder, record& out, kind_counts& counts, std::uint64_t seed, int first_id)
    : out_(out),
      counts_(counts),
      dice_(seed),
      requests_(dice_, first_id),
      devices_(dice_),
      lab_(std::move(folder),
           {.published = [this](const std::string& broker, std::string_view topic, std::string_view payload,
                                bool retain) { published(broker, topic, payload, retain); }},
           test::lab::extras::all) {}

std::int64_t session::now_ms() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(lab_.time().now().time_since_epoch()).count();
}

void session::step(const std::string& message, const std::string& whole) {
  const auto when = '@' + std::to_string(now_ms()) + ' ';
  out_.step(when + message, whole.empty() ? std::string() : when + whole);
}

void session::published(const std::string& broker, std::string_view topic, std::string_view payload,
                        bool retain) {
  name_hop(topic);
  learn(payload);
  auto text = out_.readable(without_accidents(payload));
  const auto now = "\"timestamp\":\"" + std::to_string(lab_.time().wall().count) + '"';
  if (const auto at = text.rfind(now); at != std::string::npos)
    text.replace(at, now.size(), "\"timestamp\":NOW");
  out_.message(broker + ' ' + out_.readable(topic) + (retain ? " retain " : " ") +
               shortened(text, longest_message));
  if (topic.find("/request/") != std::string_view::npos)
    devices_.on_request(now_ms(), broker, topic, payload);
}

/// Names the ids of hops by counting them, because the gateway's ids are random.
void session::name_hop(std::string_view topic) {
  if (topic.find("/request/") == std::string_view::npos) return;
  const auto id = topic.substr(topic.rfind('/') + 1);
  if (out_.knows(id)) return;
  out_.name_id(id,
               "hop" + std::to_string(++counts_["hops"]) + (is_version_4(id) ? "" : " OF A STRANGE SHAPE"));
}

void session::learn(std::string_view payload) {
  const auto etag = text_behind(payload, "\"etag\":\"");
  if (!etag.empty()) requests_.note_etag(text_behind(payload, "\"path\":\""), etag);
}

// ---- requests

void session::request(const request_text& r) {
  ++counts_[r.kind];
  ++counts_["requests"];
  send(r);
  lab_.settle();
  deliver_due();
}

void session::send(const request_text& r) {
  constexpr std::size_t shortest_named = 30;  // a shorter id could be part of other text
  const auto& ns = lab_.configuration().gateway.ns.text();
  const auto number = std::to_string(counts_["requests"]);
  if (r.id.size() >= shortest_named) out_.name_id(r.id, number);
  if (r.header_id.size() >= shortest_named) out_.name_id(r.header_id, number + 'h');
  const auto topic = r.made_topic(ns);
  const auto payload = r.made_payload();
  requests_.note(r);
  const auto what = r.kind + (r.retain ? ", retain" : "") + ": " +
                    out_.readable(topic.starts_with(ns + '/') ? topic.substr(ns.size() + 1) : topic) + ' ';
  auto shown = out_.readable(payload);
  if (constexpr std::string_view begin = "{\"header\":{"; shown.starts_with(begin))
    shown.erase(0, begin.size());
  step(what + shortened(shown, longest_request), what + topic + ' ' + payload);
  lab_.default_site().outside().publish(topic, payload, steady_time::max(), {.retain = r.retain});
}

void session::play(std::size_t n, const mix& kinds, std::size_t pace) {
  for (std::size_t i = 0; i < n; ++i) {
    request((requests_.*dice_.one_of(kinds))());
    if (pace > 0 && dice_.chance(40)) elapse(static_cast<std::int64_t>(dice_.below(pace) + 1));
  }
}

void session::deliver_due() {
  while (auto m = devices_.take_due(now_ms())) {
    const auto what = "device, " + m->manner + ": " + m->broker + ' ' + out_.readable(m->topic) + ' ';
    step(what + shortened(out_.readable(m->payload), longest_request), what + m->payload);
    if (!lab_.sites().contains(m->broker)) continue;
    lab_.site_of(m->broker).outside().publish(m->topic, m->payload, steady_time::max());
    lab_.settle();
  }
}

void session::elapse(std::int64_t ms) {
  const auto until = now_ms() + ms;
  while (now_ms() < until) {
    const auto next = std::clamp(devices_.next_due(), now_ms() + 1, until);
    const auto by = next - now_ms();
    step("elapse " + std::to_string(by));
    out_.forgettable();
    if (next >= cut_off_at_) {
      out_.unordered();
      cut_off_at_ = never;
    }
    lab_.elapse(std::chrono::milliseconds(by));
    deliver_due();
  }
}

// ---- the gateway

void session::load(const std::string& file) {
  step("load " + file);
  lab_.load(file);
  show_subscriptions();
}

void session::reload(const std::string& file) {
  constexpr std::int64_t timeout = 5000;  // for a connection that conflicts with another
  step("reload " + file);
  lab_.reload(file);
  deliver_due();
  cut_off_at_ = now_ms() + timeout;
  show_subscriptions();
}

void session::show_subscriptions() {
  step("subscriptions");
  out_.unordered();
  for (const auto& [name, s] : lab_.sites()) {
    const auto* const via = lab_.link_of(name);
    if (via == nullptr) continue;
    for (const auto& filter : via->filters()) out_.message(name + ' ' + filter);
    for (const auto& filter : via->others()) out_.message(name + ' ' + filter + " of others");
  }
}

void session::suspend(std::size_t n, const mix& kinds, std::int64_t ms) {
  std::vector<request_text> all;
  for (std::size_t i = 0; i < n; ++i) {
    all.push_back((requests_.*dice_.one_of(kinds))());
    requests_.note(all.back());
  }
  suspend(all, ms);
}

void session::suspend(const std::vector<request_text>& all, std::int64_t ms) {
  step("the gateway is suspended");
  lab_.suspend();
  for (const auto& r : all) {
    ++counts_[r.kind];
    ++counts_["requests"];
    send(r);
  }
  lab_.elapse(std::chrono::milliseconds(ms));
  step("the gateway goes on");
  lab_.go_on();
  deliver_due();
}

void session::drain() {
  step("the gateway drains");
  lab_.stop();
  lab_.settle();
  deliver_due();
}

void session::abandon() {
  step("the gateway abandons what waits");
  out_.unordered();
  lab_.abandon();
  lab_.settle();
  deliver_due();
  out_.finish();
}

// ---- brokers

void session::down(const std::string& broker) {
  step("broker " + broker + " goes down");
  out_.unordered();
  lab_.site_of(broker).broker->go_down();
  lab_.settle();
}

void session::up(const std::string& broker) {
  step("broker " + broker + " comes up");
  lab_.site_of(broker).broker->come_up();
  lab_.settle();
}

void session::deny(const std::string& broker, const std::string& filter) {
  step("broker " + broker + " denies " + filter);
  lab_.site_of(broker).broker->deny(filter);
}

void session::ignore(const std::string& broker, const std::string& filter) {
  step("broker " + broker + " ignores " + filter);
  lab_.site_of(broker).broker->ignore(filter);
}

void session::allow(const std::string& broker) {
  step("broker " + broker + " allows everything");
  lab_.site_of(broker).broker->allow_all();
}

void session::take_at_most(const std::string& broker, std::size_t bytes, memory_broker::refusal how) {
  const std::string when = how == memory_broker::refusal::later ? ", and says so later" : "";
  step("broker " + broker + " takes at most " + std::to_string(bytes) + " bytes" + when);
  lab_.site_of(broker).broker->limit_payload(bytes, how);
}

void session::bridge(const std::string& one, const std::string& other, const std::string& prefix) {
  step("brokers " + one + " and " + other + " are bridged for " + prefix);
  auto& a = *lab_.site_of(one).broker;
  auto& b = *lab_.site_of(other).broker;
  a.bridge(b, prefix);
  b.bridge(a, prefix);
}

void session::publish(const std::string& broker, const std::string& topic, const std::string& payload,
                      bool retain) {
  step("somebody on " + broker + (retain ? " retained: " : ": ") + topic + ' ' + payload);
  lab_.site_of(broker).outside().publish(topic, payload, steady_time::max(), {.retain = retain});
  lab_.settle();
  deliver_due();
}

}  // namespace mqcoap::replay
