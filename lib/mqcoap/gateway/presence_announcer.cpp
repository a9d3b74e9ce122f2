#include <mqcoap/gateway/presence_announcer.hpp>

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <mqcoap/protocol/presence.hpp>
#include <new>
#include <utility>

namespace mqcoap {
namespace {

using namespace std::chrono_literals;

/// How long a message may wait for a stalled broker, and within which time the broker should deliver a
/// published message.
constexpr auto echo_timeout = 5s;
/// If a connection is lost for the second time sooner than this, it counts as taken over by another client.
constexpr auto takeover = 60s;

}  // namespace

presence_announcer::presence_announcer(const namespace_name& ns, const device_tag& tag, link_options broker,
                                       const clock& time, host& owner)
    : time_(time),
      owner_(owner),
      tag_(tag.text()),
      topic_(presence_topic(ns, tag)),
      broker_(std::move(broker)),
      device_id_(presence_client_id(broker_.client_id, ns, tag)),
      client_id_(device_id_),
      random_(std::random_device()()),
      say_(time),
      grace_(goodbye) {}

void presence_announcer::set_online(bool online) {
  if (leaving_ || std::exchange(wanted_, online) == online) return;
  losses_ = 0;
  fail({}, false);
  if (!online) return part(goodbye);
  waits_ = backoff();
  retry_at_ = time_.now();
}

/// Begins to connect. If that fails, for example because memory runs out, it is due again later.
void presence_announcer::connect() noexcept try { open(); } catch (const std::exception& e) {
  via_.reset();
  phase_ = phase::idle;
  retry_at_ = time_.now() + waits_.next({}, random_());
  try {
    fail(e.what(), false);
  } catch (const std::bad_alloc&) {
    return;  // the previous failure stays
  }
}

void presence_announcer::open() {
  auto options = broker_;
  options.client_id = client_id_;
  options.will = last_will{topic_, say_.begin_connection(), true};
  options.log = {};  // the gateway's own connection reports problems with the broker
  if (!wanted_) options.connect_timeout = std::min(options.connect_timeout, grace_);
  via_ = owner_.make_link(std::move(options));
  phase_ = phase::connecting;
  via_->subscribe(topic_, {});
  via_->start(*this);
}

void presence_announcer::leave(farewell how, std::chrono::milliseconds grace) {
  leaving_ = true;
  wanted_ = false;
  farewell_ = how;
  grace_ = grace;
  // The retained message of a lost connection still exists: removing it needs another connection.
  if (how == farewell::forget && was_up_) owes_offline_ = true;
  if (how == farewell::stay) owes_offline_ = false;
  part(grace);
}

/// Publishes the last message and closes the connection.
void presence_announcer::part(std::chrono::milliseconds grace) {
  if (phase_ == phase::up) {
    if (!leaving_ || farewell_ != farewell::stay) say(false);
    if (leaving_ && farewell_ == farewell::forget) publish({});
    close(grace);
  } else if (phase_ == phase::connecting && !owes_offline_) {
    close(0ms);
  } else if (phase_ == phase::idle && owes_offline_) {
    connect();
  }
}

void presence_announcer::close(std::chrono::milliseconds grace) {
  phase_ = phase::closing;
  unheard_from_.reset();
  via_->stop(grace, [this] { closed(); });
}

void presence_announcer::closed() {
  via_.reset();
  phase_ = phase::idle;
  // It was stopped between two connections: the next one has to publish the last message.
  if (!wanted_ && owes_offline_) connect();
  owner_.on_change(*this);
}

void presence_announcer::on_link_up(link&) noexcept try {
  phase_ = phase::up;
  was_up_ = true;
  up_since_ = time_.now();
  if (!wanted_) return part(grace_);
  if (unheard_losses_ < 2) fail({}, false);
  say(true);
  owner_.on_change(*this);
} catch (const std::exception& e) {
  spdlog::error("presence could not be published on {}: {}", topic_, e.what());
}

void presence_announcer::on_link_down(link&, const outage_cause& why) noexcept {
  const bool was_up = phase_ == phase::up;
  if (was_up) unheard_losses_ = unheard_from_ ? unheard_losses_ + 1 : 0;
  const auto lasted = was_up ? time_.now() - up_since_ : std::chrono::nanoseconds(0);
  owes_offline_ = owes_offline_ && !was_up && wanted_;
  if (was_up) note_loss(lasted);
  retry_at_ = time_.now() + waits_.next(lasted, random_());
  close(0ms);
  if (unheard_losses_ < 2) return fail(why.message(), !was_up);
  fail("the broker ends the connection when it is published: " + access_text(), true);
}

void presence_announcer::note_loss(std::chrono::nanoseconds lasted) {
  if (++losses_ < 2 || lasted > takeover) return;
  client_id_ = fmt::format("{}-{:04x}", device_id_, random_() & 0xffffU);
}

void presence_announcer::on_message(link&, const inbound& m) noexcept try {
  if (m.topic != topic_) return;
  say_.heard(m.payload, m.retained);
  if (say_.heard_back() && unheard_from_) {
    unheard_from_.reset();
    fail({}, false);
  }
  take_needs();
  owner_.on_change(*this);
} catch (const std::exception& e) {
  spdlog::error("a message on {} could not be handled: {}", topic_, e.what());
}

void presence_announcer::on_due() {
  if (phase_ != phase::up) return;
  take_needs();
  if (unheard_from_ && time_.now() >= *unheard_from_ && failure_.empty()) fail(unheard_text(), true);
}

steady_time presence_announcer::next_due() const noexcept {
  if (waits_to_connect()) return retry_at_;
  if (phase_ != phase::up) return steady_time::max();
  return std::min(say_.next_need(), unheard_from_ && failure_.empty() ? *unheard_from_ : steady_time::max());
}

void presence_announcer::take_needs() {
  if (phase_ != phase::up) return;
  switch (say_.take_need()) {
    case announcement::need::nothing: return;
    case announcement::need::repeat: return say(true);
    case announcement::need::renew: retry_at_ = time_.now(); return close(goodbye);
  }
}

void presence_announcer::say(bool online) {
  owes_offline_ = online;
  publish(online ? say_.online() : say_.offline());
  if (online) unheard_from_ = time_.now() + echo_timeout;
}

void presence_announcer::publish(std::string_view payload) {
  const auto failed = [this](error_code error) {
    if (error && error != errc::not_connected && error != errc::closed)
      fail("the message is not accepted: " + error.message(), true);
  };
  const auto error = via_->publish(topic_, payload, time_.now() + echo_timeout, {.retain = true},
                                   [this, failed](error_code later) {
                                     failed(later);
                                     if (later) owner_.on_change(*this);
                                   });
  failed(error);
}

void presence_announcer::fail(std::string why, bool refused) {
  refused_ = refused;
  failure_ = std::move(why);
}

std::string presence_announcer::unheard_text() const {
  return fmt::format("the message does not come back within {} s: {}", echo_timeout.count(), access_text());
}

std::string presence_announcer::access_text() const {
  const auto who =
      broker_.username.empty() ? std::string("this gateway") : "user '" + broker_.username + '\'';
  return "the broker's access rules must let " + who + " write and read NAMESPACE/gateway/system/+/presence";
}

}  // namespace mqcoap
