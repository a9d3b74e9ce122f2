#include <mqcoap/client/client_presence.hpp>

#include <chrono>
#include <mqcoap/protocol/presence.hpp>
#include <mqcoap/transport/log.hpp>

namespace mqcoap {
namespace {

/// How long a presence message may wait for a stalled broker.
constexpr std::chrono::seconds longest_wait{5};

}  // namespace

client_presence::client_presence(const client_options& options, const clock& time)
    : options_(options),
      time_(time),
      topic_(options.presence && options.tag ? presence_topic(options.ns, *options.tag) : ""),
      announcement_(time) {}

void client_presence::add_will(link_options& broker) {
  if (!topic_.empty() && !broker.will)
    broker.will = last_will{topic_, {}, true, [this] { return announcement_.begin_connection(); }};
}

void client_presence::publish(link* via, bool online) {
  if (topic_.empty() || via == nullptr || !via->up()) return;
  if (online && options_.broker.will) announcement_.redate();  // a user-defined will does not set the date
  publish(*via, online ? announcement_.online() : announcement_.offline());
}

void client_presence::publish(link& via, std::string_view payload) {
  const auto error = via.publish(topic_, payload, time_.now() + longest_wait, {.retain = true});
  if (error)
    say(options_.broker.log, log_level::warning, "presence could not be published: {}", error.message());
}

void client_presence::hear(link* via, const inbound& m) {
  const bool was_contested = announcement_.contested();
  announcement_.heard(m.payload, m.retained);
  if (announcement_.contested() && !was_contested)
    say(options_.broker.log, log_level::error,
        "another program announces {}: if two answer for it, every request runs twice", options_.tag->text());
  correct(via);
}

void client_presence::correct(link* via) {
  const auto needed = announcement_.take_need();
  if (needed == announcement::need::nothing || via == nullptr || !via->up()) return;
  if (needed == announcement::need::renew) announcement_.redate();
  publish(*via, announcement_.online());
}

}  // namespace mqcoap
