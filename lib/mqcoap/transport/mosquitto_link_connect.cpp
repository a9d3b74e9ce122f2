
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <mqcoap/transport/log.hpp>
#include <mqcoap/transport/mosquitto_link_impl.hpp>
#include <random>
#include <utility>

namespace mqcoap {
namespace {

const char* version_name(mqtt_protocol p) { return p == mqtt_protocol::v5 ? "MQTT 5" : "MQTT 3.1.1"; }

std::uint64_t random_bits() {
  std::random_device random;
  return (std::uint64_t{random()} << 32) | random();
}

using kind = connection_fault::kind;

protocol_choice::failure failure_of(kind what) {
  switch (what) {
    case kind::version_refused: return protocol_choice::failure::version_refused;
    case kind::hung_up: return protocol_choice::failure::hung_up;
    default: return protocol_choice::failure::other;
  }
}

/// Returns true if no broker has answered, so that another address may work.
bool is_unreachable(kind what) {
  switch (what) {
    case kind::connection_refused:
    case kind::network:
    case kind::library:
    case kind::no_answer:
    case kind::tls_stalled:
    case kind::tls_closed: return true;
    default: return false;
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
  failures_.clear();
  server_ = 0;
  begin_server();
}

void mosquitto_link::impl::begin_server() {
  const auto& host = servers_[server_].at.host;
  address_ = 0;
  addresses_.clear();
  boost::system::error_code is_name;
  boost::asio::ip::make_address(host, is_name);
  if (is_name) return resolve();
  addresses_ = {host};
  try_address();
}

/// Resolves the name here, because the library would block the executor and try only one address.
void mosquitto_link::impl::resolve() {
  phase_ = phase::resolving;
  auto& current = servers_[server_];
  after(options_.connect_timeout, [this, &current] {
    current.lookup.cancel();
    server_failed({.what = kind::name_slow, .limit = options_.connect_timeout});
  });
  // The handler is destroyed with the link, or when the wait is cancelled.
  current.lookup.begin(current.at.host, [this](resolved_name found) {
    if (!found.fault.empty())
      return server_failed({.what = kind::name_unknown, .quoted = std::move(found.fault)});
    addresses_ = std::move(found.addresses);
    try_address();
  });
}

void mosquitto_link::impl::try_address() {
  if (!options_.tls) return open_session(nullptr);
  if (const auto authorities = find_authorities(*options_.tls)) return open_session(authorities.get());
  load_authorities();
}

/// Reads the authorities in the background: reading the system's bundle takes tens of milliseconds, which is
/// too long for the executor.
void mosquitto_link::impl::load_authorities() {
  phase_ = phase::resolving;
  after(options_.connect_timeout, [this] {
    authorities_.cancel();
    server_failed({.what = kind::tls_authorities_slow, .limit = options_.connect_timeout});
  });
  // The handler is destroyed with the link, or when the wait is cancelled.
  authorities_.begin(*options_.tls, [this](const std::shared_ptr<const trusted_authorities>& loaded) {
    open_session(loaded.get());
  });
}

void mosquitto_link::impl::open_session(const trusted_authorities* authorities) {
  ++epoch_;
  timer_.cancel();
  phase_ = phase::connecting;
  const auto& [at, lookup, version] = servers_[server_];
  say(options_.log, log_level::debug, "broker {}: trying {} with {}", options_.name, address_text(),
      version_name(version.next()));
  session_ = std::make_shared<mosquitto_session>(executor_, *this, options_, authorities, at.host, client_id_,
                                                 version.next());
  if (!session_->open(addresses_[address_], at.port)) {
    const auto failed = std::exchange(session_, nullptr);
    attempt_failed(failed->failure());
  }
}

void mosquitto_link::impl::attempt_failed(const connection_fault& why) {
  say(options_.log, log_level::debug, "broker {}: {}: {}", options_.name, address_text(), why.message());
  if (servers_[server_].version.failed(failure_of(why.what))) return soon([this] { try_address(); });
  const bool unreachable = is_unreachable(why.what);
  if (unreachable && address_text() == last_address_) withdraw_size();
  const bool elsewhere = unreachable || why.what == kind::hung_up;
  if (elsewhere && address_ + 1 < addresses_.size()) {
    ++address_;
    return soon([this] { try_address(); });
  }
  server_failed(why);
}

/// Tries the next server after any failure, including a refusal, which may be specific to one server.
void mosquitto_link::impl::server_failed(connection_fault why) {
  failures_.push_back({std::move(why), address_text()});
  if (server_ + 1 < servers_.size()) {
    ++server_;
    return soon([this] { begin_server(); });
  }
  wait_for_round({});
}

void mosquitto_link::impl::wait_for_round(std::chrono::nanoseconds lasted) {
  phase_ = phase::waiting;
  const auto delay = backoff_.next(lasted, random_bits());
  after(delay, [this] { begin_round(); });
  announce_outage();
}

/// Reports each change of the cause to the owner, and new causes to the log. Addresses are ignored: a name
/// may resolve to another one each time.
void mosquitto_link::impl::announce_outage() {
  const outage_cause why(failures_);
  const auto [changed, worth_reporting] = causes_.note(why.faults());
  if (worth_reporting)
    say(options_.log, log_level::warning, "broker {} is not connected: {}; retrying", options_.name,
        why.message_with_places());
  if (changed && owner_ != nullptr) owner_->on_link_down(face_, why);
}

std::string mosquitto_link::impl::address_text() const {
  const auto& at = servers_[server_].at;
  const bool resolved = address_ < addresses_.size() && addresses_[address_] != at.host;
  return resolved ? fmt::format("{}:{}, {}", at.host, at.port, addresses_[address_])
                  : fmt::format("{}:{}", at.host, at.port);
}

void mosquitto_link::impl::on_session_up() noexcept {
  ++epoch_;
  phase_ = phase::up;
  up_since_ = time_.now();
  last_address_ = address_text();
  acknowledgements_.begin(up_since_);
  learn_largest_packet();
  ++stats_.connects;
  causes_.clear();
  oversize_reported_ = unsent_reported_ = false;
  dots_known_ = dots_reported_;  // a different broker may have its address now
  say(options_.log, log_level::info, "connected to broker {} ({}, {})", options_.name, address_text(),
      version_name(servers_[server_].version.next()));
  servers_[server_].version.worked();
  ask_for(subscriptions_.begin_connection());
  ask_for_others(others_);
  if (owner_ != nullptr) owner_->on_link_up(face_);
}

void mosquitto_link::impl::on_session_end(connection_fault why) noexcept {
  session_ = nullptr;
  drop_outgoing(errc::not_connected);
  switch (phase_) {
    case phase::connecting: return attempt_failed(why);
    case phase::up:
      explain(why);
      failures_ = {{std::move(why), address_text()}};
      return wait_for_round(time_.now() - up_since_);
    default: return now_stopped();
  }
}

}  // namespace mqcoap
