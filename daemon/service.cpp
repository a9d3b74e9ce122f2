#include "service.hpp"

#include <spdlog/spdlog.h>

#include <csignal>
#include <mqcoap/transport/log.hpp>

#include "version.hpp"

namespace mqcoap {
namespace {

using namespace std::chrono_literals;

/// Of the 5 s that a stop may take: for requests in flight, and for the last answers to leave.
constexpr auto answer_grace = 4s;
constexpr auto flush_grace = 500ms;

}  // namespace

service::service(settings configuration, log_output& log)
    : alarm_(loop_),
      signals_(loop_, SIGTERM, SIGINT, SIGHUP),
      grace_(loop_),
      observer_(time_, MQCOAP_VERSION),
      http_(loop_.get_executor(), [this](std::string_view path) { return observer_.page(path); }),
      listen_(configuration.http),
      notifier_(loop_.get_executor(), [this] { return status_->now(); }) {
  std::vector<link*> links;
  for (auto& broker : configuration.brokers) {
    broker.log = spdlog_sink();
    links_.push_back(std::make_unique<mosquitto_link>(loop_.get_executor(), time_, std::move(broker)));
    links.push_back(links_.back().get());
  }
  gateway_hooks hooks;
  hooks.ready = [this] {
    spdlog::info("ready: {} devices, {} routes", gateway_->device_count(), gateway_->route_count());
  };
  hooks.log = [&log](const request_record& r) { log.write(r); };
  hooks.document = [this](own_document which) { return observer_.document(which); };
  gateway_ = std::make_unique<gateway>(std::move(configuration.gateway), std::move(links), time_, alarm_,
                                       std::move(hooks));
  status_ = std::make_unique<status_words>(*gateway_, time_);
  observer_.watch(*gateway_);
  observer_.set_configuration(std::move(configuration.shown));
  observer_.set_http_state([this] { return http_.state(); });
  alarm_.on_ring([this] { gateway_->on_alarm(); });
}

void service::run() {
  await_signal();
  if (listen_) http_.listen(*listen_);
  gateway_->start();
  notifier_.ready();  // a broker that is away is no failed start
  loop_.run();
}

void service::await_signal() {
  signals_.async_wait([this](boost::system::error_code ec, int number) {
    if (ec) return;
    if (stopping_) {
      spdlog::warn("{} again: going at once", strsignal(number));
      return loop_.stop();
    }
    spdlog::info("{}: stopping, {} requests in flight", strsignal(number), gateway_->in_flight());
    begin_stop();
    await_signal();
  });
}

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
  links_running_ = links_.size();
  for (const auto& l : links_) {
    l->stop(flush_grace, [this] {
      if (--links_running_ > 0) return;
      log_summary();
      loop_.stop();
    });
  }
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
