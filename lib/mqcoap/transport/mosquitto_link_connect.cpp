#include <spdlog/spdlog.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <mqcoap/base/units.hpp>
#include <mqcoap/transport/mosquitto_link_impl.hpp>
#include <random>
#include <utility>

namespace mqcoap {
namespace {

const char* words(mqtt_protocol p) { return p == mqtt_protocol::v5 ? "MQTT 5" : "MQTT 3.1.1"; }

std::uint64_t random_bits() {
  std::random_device random;
  return (std::uint64_t{random()} << 32) | random();
}

protocol_choice::failure failure_of(session_end::cause what) {
  switch (what) {
    case session_end::cause::version_refused: return protocol_choice::failure::version_refused;
    case session_end::cause::hung_up: return protocol_choice::failure::hung_up;
    default: return protocol_choice::failure::other;
  }
}

}  // namespace

void mosquitto_link::impl::soon(std::function<void()> then) {
  boost::asio::post(executor_, [self = shared_from_this(), epoch = ++epoch_, then = std::move(then)] {
    if (epoch == self->epoch_) then();
  });
}

void mosquitto_link::impl::after(std::chrono::milliseconds delay, std::function<void()> then) {
  timer_.expires_after(delay);
  timer_.async_wait(
      [self = shared_from_this(), epoch = ++epoch_, then = std::move(then)](const error_code& e) {
        if (!e && epoch == self->epoch_) then();
      });
}

void mosquitto_link::impl::start(link_events& owner) {
  if (phase_ != phase::idle) return;
  owner_ = &owner;
  phase_ = phase::resolving;
  soon([this] { begin_round(); });
}

void mosquitto_link::impl::begin_round() {
  address_ = 0;
  boost::system::error_code is_name;
  boost::asio::ip::make_address(options_.host, is_name);
  if (is_name) return resolve();
  addresses_ = {options_.host};
  try_address();
}

/// Not by the library, which would block the executor and try one address only.
void mosquitto_link::impl::resolve() {
  phase_ = phase::resolving;
  after(options_.connect_timeout, [this] {
    lookup_.cancel();
    round_failed({session_end::cause::unreachable,
                  "the name is not resolved within " + to_string(options_.connect_timeout)},
                 {});
  });
  // The handler dies with the link, or with the wait for it.
  lookup_.begin(options_.host, [this](resolved_name found) {
    if (!found.fault.empty())
      return round_failed({session_end::cause::unreachable, "cannot resolve the name: " + found.fault}, {});
    addresses_ = std::move(found.addresses);
    try_address();
  });
}

void mosquitto_link::impl::try_address() {
  ++epoch_;
  boost::system::error_code ignored;
  timer_.cancel(ignored);
  phase_ = phase::connecting;
  spdlog::debug("broker {}: trying {} with {}", options_.name, address_words(), words(protocol_.next()));
  session_ = std::make_shared<mosquitto_session>(executor_, *this, options_, client_id_, protocol_.next());
  if (!session_->open(addresses_[address_], options_.port)) {
    const auto failed = std::exchange(session_, nullptr);
    attempt_failed(failed->failure());
  }
}

void mosquitto_link::impl::attempt_failed(const session_end& end) {
  spdlog::debug("broker {}: {}: {}", options_.name, address_words(), end.why);
  if (protocol_.failed(failure_of(end.what))) return soon([this] { try_address(); });
  const bool elsewhere =
      end.what == session_end::cause::unreachable || end.what == session_end::cause::hung_up;
  if (elsewhere && address_ + 1 < addresses_.size()) {
    ++address_;
    return soon([this] { try_address(); });
  }
  round_failed(end, {});
}

void mosquitto_link::impl::round_failed(const session_end& end, std::chrono::nanoseconds lasted) {
  phase_ = phase::waiting;
  const auto delay = backoff_.next(lasted, random_bits());
  after(delay, [this] { begin_round(); });
  announce_outage(end);
}

/// Once per outage, and once more if the broker is back but refuses us: that needs somebody to act.
void mosquitto_link::impl::announce_outage(const session_end& end) {
  const bool refusal =
      end.what == session_end::cause::refused || end.what == session_end::cause::version_refused;
  if (outage_told_ && (!refusal || refusal_told_)) return;
  outage_told_ = true;
  refusal_told_ = refusal;
  spdlog::warn("broker {} is away: {} ({}); retrying", options_.name, end.why, address_words());
  if (owner_ != nullptr) owner_->on_link_down(face_, end.why);
}

std::string mosquitto_link::impl::address_words() const {
  const bool resolved = address_ < addresses_.size() && addresses_[address_] != options_.host;
  return resolved ? fmt::format("{}:{}, {}", options_.host, options_.port, addresses_[address_])
                  : fmt::format("{}:{}", options_.host, options_.port);
}

void mosquitto_link::impl::on_session_up() noexcept {
  ++epoch_;
  phase_ = phase::up;
  up_since_ = time_.now();
  ++stats_.connects;
  outage_told_ = refusal_told_ = oversize_told_ = unsent_told_ = false;
  spdlog::info("connected to broker {} ({}, {})", options_.name, address_words(), words(protocol_.next()));
  protocol_.worked();
  ask_for(subscriptions_.begin_connection());
  if (owner_ != nullptr) owner_->on_link_up(face_);
}

void mosquitto_link::impl::on_session_end(session_end end) noexcept {
  session_ = nullptr;
  drop_outgoing(errc::not_connected);
  switch (phase_) {
    case phase::connecting: return attempt_failed(end);
    case phase::up: return round_failed(end, time_.now() - up_since_);
    default: return now_stopped();
  }
}

}  // namespace mqcoap
