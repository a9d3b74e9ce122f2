#include "service.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <mqcoap/config/loader.hpp>
#include <mqcoap/transport/log.hpp>
#include <utility>

#include "version.hpp"

namespace mqcoap {
namespace {

using namespace std::chrono_literals;

/// Of the 5 s that a stop may take: for requests in flight, and for the last answers to leave.
constexpr auto answer_grace = 4s;
constexpr auto flush_grace = 500ms;

spdlog::level::level_enum level_of(const diagnostic& d) {
  return d.level == diagnostic::severity::error ? spdlog::level::err : spdlog::level::warn;
}

/// Of a file at fault.
std::string summary_of(const std::vector<diagnostic>& all) {
  const auto is_error = [](const diagnostic& d) { return d.level == diagnostic::severity::error; };
  const auto first = std::find_if(all.begin(), all.end(), is_error);
  return std::to_string(std::count_if(all.begin(), all.end(), is_error)) +
         " faults; the first: " + first->file + ':' + std::to_string(first->line) + ": " + first->message;
}

}  // namespace

void log_all(const std::vector<diagnostic>& diagnostics) {
  for (const auto& d : diagnostics) {
    auto words = to_string(d);
    words.pop_back();  // the log ends its lines itself
    spdlog::log(level_of(d), "{}", words);
  }
}

service::service(settings configuration, std::string file, log_output& log)
    : file_(std::move(file)),
      log_(log),
      alarm_(loop_),
      signals_(loop_, SIGTERM, SIGINT, SIGHUP),
      grace_(loop_),
      connections_(connect_to_all(std::move(configuration.brokers))),
      observer_(time_, MQCOAP_VERSION),
      presence_alarm_(loop_),
      presence_(
          time_, presence_alarm_,
          [this](link_options options) {
            return std::make_unique<mosquitto_link>(loop_.get_executor(), time_, std::move(options));
          },
          spdlog_sink()),
      http_(loop_.get_executor(), [this](std::string_view path) { return observer_.page(path); }),
      listen_(configuration.http),
      notifier_(loop_.get_executor(), [this] { return status_->now(); }) {
  gateway_hooks hooks;
  hooks.ready = [this] { on_ready(); };
  hooks.away = [this] { presence_.set_online(false); };
  hooks.retired = [this](link& left) { retire(left); };
  hooks.log = [this](const request_record& r) { log_.write(r); };
  hooks.document = [this](own_document which) { return observer_.document(which); };
  gateway_ = std::make_unique<gateway>(std::move(configuration.gateway), links_of(connections_), time_,
                                       alarm_, std::move(hooks));
  alarm_.on_ring([this] { gateway_->on_alarm(); });
  presence_alarm_.on_ring([this] { presence_.on_alarm(); });
  status_ = std::make_unique<status_words>(*gateway_, time_);
  observer_.watch(*gateway_);
  observer_.set_configuration(std::move(configuration.shown));
  observer_.set_http_state([this] { return http_.state(); });
  observer_.set_log_dropped([this] { return log_.dropped(); });
  observer_.set_presence([this] { return presence_.status(); });
  observer_.set_reload({time_.wall(), true, in_force()});
  presence_.follow(gateway_->options().ns, gateway_->options().devices, connections_.front().options);
}

void service::run() {
  await_signal();
  if (listen_) http_.listen(*listen_);
  gateway_->start();
  for (auto& c : connections_) c.started = true;
  notifier_.ready();  // a broker that is away is no failed start
  loop_.run();
}

void service::on_ready() {
  spdlog::info("ready: {}", in_force());
  if (!stopping_) presence_.set_online(true);
}

std::string service::in_force() const {
  return std::to_string(gateway_->device_count()) + " devices, " + std::to_string(gateway_->route_count()) +
         " routes";
}

void service::await_signal() {
  signals_.async_wait([this](boost::system::error_code ec, int number) {
    if (ec) return;
    on_signal(number);
    await_signal();
  });
}

void service::on_signal(int number) {
  if (number == SIGHUP) return stopping_ ? void() : reload();
  if (stopping_) {
    spdlog::warn("{} again: going at once", strsignal(number));
    links_stopping_ = true;  // nothing is awaited any more, not even where requests end with the gateway
    return loop_.stop();
  }
  spdlog::info("{}: stopping, {} requests in flight", strsignal(number), gateway_->in_flight());
  begin_stop();
}

// ---- reload

/// Decode, validate, build, then swap: up to the swap, nothing that runs is touched. Reading takes as long as
/// at the start; messages wait for it.
void service::reload() {
  notifier_.reloading();
  try {
    log_.reopen();  // its file may have been rotated away, whatever becomes of the configuration
    spdlog::info("reading {} again", file_);
    auto loaded = load_settings(file_);
    log_all(loaded.diagnostics);
    if (!loaded.value) return note_reload(false, summary_of(loaded.diagnostics));
    put_in_force(*std::move(loaded.value));
    note_reload(true, in_force());
  } catch (const std::exception& e) {
    note_reload(false, e.what());
  }
}

void service::note_reload(bool ok, std::string words) {
  if (ok)
    spdlog::info("the configuration is in force: {}", words);
  else
    spdlog::error("the configuration stays as it was: {}", words);
  const reload_status outcome{time_.wall(), ok, std::move(words)};
  status_->set_reload(outcome);
  observer_.set_reload(outcome);
  notifier_.ready();
}

void service::put_in_force(settings next) {
  auto log = log_output::prepare(next.logging);  // first of all, because it may fail
  constexpr std::size_t is_new = -1;
  std::vector<std::size_t> places;  // of those that stay, in `connections_`
  std::vector<connection> made;
  std::vector<link*> links;
  for (auto& broker : next.brokers) {
    const auto same = std::find_if(connections_.begin(), connections_.end(),
                                   [&](const connection& c) { return c.options == broker; });
    const bool stays = same != connections_.end();
    places.push_back(stays ? static_cast<std::size_t>(same - connections_.begin()) : is_new);
    if (!stays) made.push_back(connect_to(std::move(broker)));
    links.push_back(stays ? same->via.get() : made.back().via.get());
  }
  gateway_->reconfigure(std::move(next.gateway), std::move(links));

  auto before = std::exchange(connections_, {});
  auto newest = made.begin();
  for (const auto place : places)
    connections_.push_back(std::move(place == is_new ? *newest++ : before[place]));
  for (auto& c : before)
    if (c.via) leaving_.push_back(std::move(c));
  log_.use(std::move(log));
  observer_.set_configuration(std::move(next.shown));
  listen(next.http);
  presence_.follow(gateway_->options().ns, gateway_->options().devices, connections_.front().options);
  if (gateway_->subscribed()) presence_.set_online(true);
  start_connections();
}

service::connection service::connect_to(link_options broker) {
  broker.log = spdlog_sink();
  return {broker, std::make_unique<mosquitto_link>(loop_.get_executor(), time_, broker)};
}

std::vector<service::connection> service::connect_to_all(std::vector<link_options> brokers) {
  std::vector<connection> all;
  for (auto& broker : brokers) all.push_back(connect_to(std::move(broker)));
  return all;
}

std::vector<link*> service::links_of(const std::vector<connection>& all) {
  std::vector<link*> links;
  for (const auto& c : all) links.push_back(c.via.get());
  return links;
}

/// Two connections with one client id would throw each other off the broker: the old one goes first.
void service::start_connections() {
  for (auto& c : connections_) {
    const bool taken = std::any_of(leaving_.begin(), leaving_.end(), [&c](const connection& other) {
      return other.via->client_id() == c.via->client_id();
    });
    if (!taken && !std::exchange(c.started, true)) c.via->start(*gateway_);
  }
}

/// Scrapes under way end with a change of the address or of the names, and with nothing else.
void service::listen(const std::optional<http_options>& where) {
  if (where == std::exchange(listen_, where)) return;
  where ? http_.listen(*where) : http_.close();
}

/// The gateway expects nothing of it any more.
void service::retire(link& left) {
  left.stop(flush_grace, [this, gone = &left] {
    std::erase_if(leaving_, [gone](const connection& c) { return c.via.get() == gone; });
    if (!stopping_) start_connections();
  });
}

// ---- stop

void service::begin_stop() {
  stopping_ = true;
  notifier_.stopping();
  grace_.expires_after(answer_grace);
  grace_.async_wait([this](boost::system::error_code ec) {
    if (!ec) gateway_->abandon();  // which answers the last one, and so drains
  });
  gateway_->drain([this] { stop_links(); });
}

void service::stop_links() {
  if (std::exchange(links_stopping_, true)) return;
  grace_.cancel();
  links_running_ = connections_.size() + leaving_.size() + 1;  // and the board
  const auto stopped = [this] {
    if (--links_running_ > 0) return;
    log_summary();
    loop_.stop();
  };
  presence_.stop(flush_grace, stopped);
  for (auto* const all : {&connections_, &leaving_})
    for (const auto& c : *all) c.via->stop(flush_grace, stopped);
}

void service::log_summary() const {
  std::string words;
  for (std::size_t i = 0; i < event_count; ++i) {
    const auto what = static_cast<event>(i);
    if (const auto n = gateway_->counted()[what]; n > 0)
      words += (words.empty() ? "" : ", ") + std::to_string(n) + ' ' + std::string(to_string(what));
  }
  spdlog::info("stopped: {}", words.empty() ? "nothing happened" : words);
}

}  // namespace mqcoap
