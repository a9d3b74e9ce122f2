#include <mqcoap/gateway/gateway_host.hpp>

#include <algorithm>
#include <utility>

namespace mqcoap {
namespace {

constexpr std::size_t is_new = -1;

}  // namespace

bool gateway_host::part::rings(steady_time now) noexcept {
  if (when_ > now) return false;
  when_ = steady_time::max();
  return true;
}

gateway_host::gateway_host(host_configuration configuration, host_environment environment,
                           gateway_hooks hooks)
    : env_(std::move(environment)), connections_(connect_to(configuration.brokers)) {
  if (env_.connect_presence) board_.emplace(env_.time, presence_alarm_, env_.connect_presence, env_.log);
  std::vector<link*> links;
  for (const auto& each : connections_) links.push_back(each.via.get());
  gateway_ = std::make_unique<gateway>(std::move(configuration.gateway), std::move(links), env_.time,
                                       gateway_alarm_, wrap(std::move(hooks)));
  follow_devices();
}

/// Stops no links: the gateway answers its remaining calls, and nothing waits for links and
/// presences any more.
gateway_host::~gateway_host() { links_stopping_ = true; }

gateway_hooks gateway_host::wrap(gateway_hooks hooks) {
  hooks.ready = [this, handler = std::move(hooks.ready)] {
    if (handler) handler();
    if (!stopping_) set_online(true);
  };
  hooks.away = [this, handler = std::move(hooks.away)] {
    if (handler) handler();
    set_online(false);
  };
  hooks.retired = [this, handler = std::move(hooks.retired)](link& left) {
    if (handler) handler(left);
    retire(left);
  };
  return hooks;
}

std::vector<gateway_host::connection> gateway_host::connect_to(
    const std::vector<link_options>& brokers) const {
  std::vector<connection> made;
  for (const auto& broker : brokers) made.push_back({broker, env_.connect(broker)});
  return made;
}

void gateway_host::start() {
  started_ = true;
  gateway_->start();
  for (auto& each : connections_) each.started = true;
}

void gateway_host::reconfigure(host_configuration next) {
  begin(prepare(std::move(next)));
  while (advance()) continue;
}

prepared_configuration gateway_host::prepare(host_configuration next) const {
  return {std::make_shared<prepared_options>(std::move(next.gateway), gateway_->options()),
          std::move(next.brokers)};
}

void gateway_host::begin(prepared_configuration next) {
  if (stopping_) return;
  auto begun = std::make_unique<change>();
  auto links = connect_to(next.brokers, *begun);
  begun->parts.emplace(*gateway_, std::move(next.gateway), std::move(links));
  change_ = std::move(begun);
}

std::vector<link*> gateway_host::connect_to(const std::vector<link_options>& brokers, change& to) {
  std::vector<link*> links;
  for (const auto& broker : brokers) {
    const auto same = std::find_if(connections_.begin(), connections_.end(),
                                   [&](const connection& c) { return c.options == broker; });
    const bool stays = same != connections_.end();
    to.places.push_back(stays ? static_cast<std::size_t>(same - connections_.begin()) : is_new);
    if (!stays) to.made.push_back({broker, env_.connect(broker)});
    links.push_back(stays ? same->via.get() : to.made.back().via.get());
  }
  return links;
}

bool gateway_host::advance() {
  if (!change_) return false;
  try {
    const bool is_more = change_->parts->advance();
    if (change_->parts->is_in_force() && !std::exchange(change_->has_connections, true))
      use_connections(*change_);
    if (is_more) return true;
  } catch (...) {
    change_.reset();
    throw;
  }
  change_.reset();
  return false;
}

/// Terminates the process if memory allocation fails, as `gateway::put_in_force` does: the gateway already
/// uses these links.
void gateway_host::use_connections(change& of) noexcept {
  auto before = std::exchange(connections_, {});
  auto newest = of.made.begin();
  for (const auto place : of.places)
    connections_.push_back(std::move(place == is_new ? *newest++ : before[place]));
  for (auto& c : before)
    if (c.via) leaving_.push_back(std::move(c));
  follow_devices();
  if (gateway_->subscribed()) set_online(true);
  start_connections();
}

void gateway_host::follow_devices() {
  const auto& now = gateway_->options();
  if (board_) board_->follow(now.ns, now.devices, connections_.front().options);
}

void gateway_host::set_online(bool online) {
  if (board_) board_->set_online(online);
}

/// Starts connections whose client id is not in use: two connections with the same id would close each other,
/// so the old one is stopped first.
void gateway_host::start_connections() {
  if (!started_) return;
  for (auto& c : connections_) {
    const bool taken = std::any_of(leaving_.begin(), leaving_.end(), [&c](const connection& other) {
      return other.via->client_id() == c.via->client_id();
    });
    if (!taken && !std::exchange(c.started, true)) c.via->start(*gateway_);
  }
}

/// Stops a link that the gateway no longer needs.
void gateway_host::retire(link& left) {
  left.stop(env_.flush_grace, [this, gone = &left] {
    std::erase_if(leaving_, [gone](const connection& c) { return c.via.get() == gone; });
    if (!stopping_) start_connections();
  });
}

void gateway_host::stop(std::chrono::milliseconds grace, std::function<void()> done) {
  if (std::exchange(stopping_, true)) return;
  change_.reset();
  stopped_ = std::move(done);
  drain_alarm_.wake_at(env_.time.now() + grace);
  gateway_->drain([this] { on_drained(); });
}

void gateway_host::on_drained() {
  if (!env_.drained) return stop_links(false);
  env_.drained([this](bool goes_on) { stop_links(goes_on); });
}

void gateway_host::stop_links(bool goes_on) {
  if (std::exchange(links_stopping_, true)) return;
  drain_alarm_.wake_at(steady_time::max());
  still_open_ = connections_.size() + leaving_.size() + (board_ ? 1 : 0);
  const auto closed = [this] {
    if (--still_open_ == 0) std::exchange(stopped_, [] {})();
  };
  if (board_) board_->stop(env_.flush_grace, closed, goes_on);
  for (auto* const all : {&connections_, &leaving_})
    for (const auto& c : *all) c.via->stop(env_.flush_grace, closed);
}

void gateway_host::on_alarm() {
  alarm_at_ = steady_time::max();
  const auto now = env_.time.now();
  if (gateway_alarm_.rings(now)) gateway_->on_alarm();
  if (presence_alarm_.rings(now)) board_->on_alarm();
  if (drain_alarm_.rings(now))
    gateway_->abandon();  // answers the remaining requests, which completes the drain
  set_alarm();
}

/// Sets the alarm only to an earlier time, because an early alarm costs less than moving it each time.
void gateway_host::set_alarm() {
  const auto next = std::min({gateway_alarm_.when(), presence_alarm_.when(), drain_alarm_.when()});
  if (next >= alarm_at_) return;
  env_.wake.wake_at(next);
  alarm_at_ = next;
}

}  // namespace mqcoap
