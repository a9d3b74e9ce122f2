#include "service.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <mqcoap/base/counted.hpp>
#include <mqcoap/config/loader.hpp>
#include <mqcoap/transport/log.hpp>
#include <mqcoap/transport/mosquitto_link.hpp>
#include <utility>

#include "version.hpp"

namespace mqcoap {
namespace {

using namespace std::chrono_literals;

/// How the 5 s of a stop are divided: for requests in flight, and for sending the last answers.
constexpr auto answer_grace = 4s;
constexpr auto flush_grace = 500ms;
constexpr auto reader_grace = 1s;

}  // namespace

service::service(config::settings configuration, std::string file, log_output& log)
    : log_(log),
      alarm_(loop_),
      signals_(loop_, SIGTERM, SIGINT, SIGHUP),
      backends_(loop_.get_executor()),
      store_({loop_.get_executor(), time_, spdlog_sink()}),
      observer_(time_, MQCOAP_VERSION),
      host_({with_state(configuration), std::move(configuration.brokers)}, environment(), make_hooks()),
      http_(loop_.get_executor(), [this](std::string_view path) { return observer_.page(path); }),
      listen_(configuration.http),
      notifier_(loop_.get_executor(), [this] { return status_->now(); }),
      reloader_(reload_environment(std::move(file))) {
  prepare_lease(configuration);
  alarm_.on_ring([this] { host_.on_alarm(); });
  status_ = std::make_unique<status_text>(host_.running(), time_);
  observer_.watch(host_.running());
  observer_.set_configuration(std::move(configuration.shown));
  observer_.set_http_state([this] { return http_.state(); });
  observer_.set_log_dropped([this] { return log_.dropped(); });
  observer_.set_store([this] { return store_.status(); });
  observer_.set_presence([this] { return host_.presences(); });
  observer_.set_reload({time_.wall(), true, in_force()});
  auto& reloads = host_.running().facts().reloads;
  reload_subscriptions_.push_back(
      reloads.subscribe([this](const reload_status& outcome) { status_->set_reload(outcome); }));
  reload_subscriptions_.push_back(
      reloads.subscribe([this](const reload_status& outcome) { observer_.set_reload(outcome); }));
}

host_environment service::environment() {
  return {time_,
          alarm_,
          [this](link_options broker) { return connect(std::move(broker)); },
          [this](link_options broker) {
            return std::make_unique<mosquitto_link>(loop_.get_executor(), time_, std::move(broker));
          },
          spdlog_sink(),
          flush_grace,
          [this](std::function<void(bool)> stop_links) { on_drained(std::move(stop_links)); }};
}

/// Opens the store that this configuration needs, and returns its gateway options.
gateway_options service::with_state(config::settings& configuration) {
  store_.configure(configuration.state);
  return std::move(configuration.gateway);
}

gateway_hooks service::make_hooks() {
  gateway_hooks hooks;
  hooks.ready = [this] { spdlog::info("ready: {}", in_force()); };
  hooks.backends = &backends_;
  hooks.store = &store_;
  hooks.writes = &store_;
  hooks.may_serve = [this] { return !lease_ || lease_->holds(); };
  hooks.log = [this](const request_record& r) { log_.write(r); };
  hooks.document = [this](own_document which) { return observer_.document(which); };
  return hooks;
}

std::unique_ptr<link> service::connect(link_options broker) {
  broker.log = spdlog_sink();
  return std::make_unique<mosquitto_link>(loop_.get_executor(), time_, std::move(broker));
}

bool service::run() {
  await_signal();
  if (listen_) http_.listen(*listen_);
  if (lease_) {
    spdlog::info("standby: waiting for the lease of this group of gateways");
    lease_->start();
  } else {
    host_.start();
  }
  notifier_.ready();  // ready even if the broker is unreachable or another gateway serves
  loop_.run();
  return !lease_lost_;
}

bool service::wait_for_threads() const { return reloader_.wait_for_reader(reader_grace); }

// ---- lease

void service::prepare_lease(const config::settings& configuration) {
  if (!configuration.standby) return;
  lease_ = std::make_unique<store::leader_lease>(
      store::lease_options{configuration.state.postgres, *configuration.standby},
      store::leader_lease::environment{loop_.get_executor(), spdlog_sink()},
      store::leader_lease::owner{[this] { on_leading(); },
                                 [this](const std::string& why) { on_lease_lost(why); }});
  observer_.set_lease([this] {
    return store::lease_status{lease_->holds(), lease_->epoch(), lease_->age()};
  });
}

void service::on_leading() {
  spdlog::info("leader: this gateway serves from now on, as number {} of its group", lease_->epoch());
  host_.start();
}

/// Stops at once, because another gateway may soon serve. A new process then waits for the lease; the broker
/// notices that the connections of this one are closed, and publishes their last wills.
void service::on_lease_lost(const std::string& why) {
  spdlog::critical("the lease is lost: {}; ending at once, so that no two gateways serve", why);
  lease_lost_ = true;
  loop_.stop();
}

/// Releases the lease when all requests are answered. Another gateway may begin while this one disconnects.
void service::on_drained(std::function<void(bool goes_on)> stop_links) {
  if (!lease_) return stop_links(false);
  lease_->release([stop_links = std::move(stop_links)](bool is_awaited) {
    if (is_awaited) spdlog::info("handing over to a standby");
    stop_links(is_awaited);
  });
}

std::string service::in_force() const {
  const auto& running = host_.running();
  return counted(running.device_count(), "device") + ", " + counted(running.route_count(), "route");
}

void service::await_signal() {
  signals_.async_wait([this](boost::system::error_code ec, int number) {
    if (ec) return;
    on_signal(number);
    await_signal();
  });
}

void service::on_signal(int number) {
  if (number == SIGHUP) return host_.stopping() ? void() : reload();
  if (host_.stopping()) {
    spdlog::warn("{} again: ending at once", strsignal(number));
    return loop_.stop();
  }
  spdlog::info("{}: stopping, {} requests in flight", strsignal(number), host_.running().in_flight());
  begin_stop();
}

// ---- reload

reloader::environment service::reload_environment(std::string file) {
  return {loop_.get_executor(),
          std::move(file),
          host_,
          [this] { notifier_.reloading(); },
          [this](const config::settings& next) { prepare(next); },
          [this](config::settings next, log_output::prepared log) {
            put_in_force(std::move(next), std::move(log));
          },
          [this](std::string failure) { note_reload(std::move(failure)); }};
}

/// Reopens the log, because its file may have been rotated, whether or not the reload succeeds, and even
/// during another reload; then begins a reload.
void service::reload() {
  try {
    log_.reopen();
  } catch (const std::exception& e) {
    spdlog::error("the log cannot be opened again: {}", e.what());
  }
  reloader_.begin();
}

void service::note_reload(std::string failure) {
  const bool ok = failure.empty();
  auto message = ok ? in_force() : std::move(failure);
  if (ok)
    spdlog::info("the configuration is in force: {}", message);
  else
    spdlog::error("the reload failed and changes nothing: {}", message);
  host_.running().facts().reloads.publish({time_.wall(), ok, std::move(message)}, [](std::string_view why) {
    spdlog::error("cannot report the reload: {}", why);
  });
  notifier_.ready();
}

void service::prepare(const config::settings& next) {
  if (next.standby.has_value() != (lease_ != nullptr))
    spdlog::warn("`standby` is read at the start only: restart the gateway");
  store_.configure(next.state);
}

void service::put_in_force(config::settings next, log_output::prepared log) {
  log_.use(std::move(log));
  observer_.set_configuration(std::move(next.shown));
  listen(next.http);
}

/// Changes the address of the HTTP server. Scrapes in progress are interrupted only if the address or the
/// names have changed.
void service::listen(const std::optional<observe::http_options>& where) {
  if (where == std::exchange(listen_, where)) return;
  where ? http_.listen(*where) : http_.close();
}

void service::begin_stop() {
  notifier_.stopping();
  host_.stop(answer_grace, [this] {
    log_summary();
    loop_.stop();
  });
}

void service::log_summary() const {
  std::string counts;
  for (std::size_t i = 0; i < event_count; ++i) {
    const auto what = static_cast<event>(i);
    if (const auto n = host_.running().counted()[what]; n > 0)
      counts += (counts.empty() ? "" : ", ") + std::string(to_string(what)) + ": " + std::to_string(n);
  }
  spdlog::info("stopped ({})", counts.empty() ? "no requests" : counts);
}

}  // namespace mqcoap
