#include "responder_host.hpp"

#include <csignal>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/transport/descriptor_limit.hpp>
#include <utility>

#include "broker_words.hpp"
#include "flush_grace.hpp"
#include "hints.hpp"
#include "output.hpp"

namespace mqcoap::cli {
namespace {

using namespace std::chrono_literals;

/// What a person at a terminal is told of what happens beside the requests.
void complain_of(log_level level, std::string_view words) {
  if (level <= log_level::warning) complain("mqcoap: " + std::string(words));
}

/// For requests in flight, and for the last answers to leave.
constexpr auto answer_grace = 2s;

}  // namespace

responder_host::responder_host(settings what, std::optional<fault_options> faults, host_hooks hooks)
    : hooks_(std::move(hooks)),
      broker_(what.brokers.front()),
      gateway_alarm_(loop_),
      fault_alarm_(loop_),
      presence_alarm_(loop_),
      signals_(loop_, SIGINT, SIGTERM),
      grace_(loop_),
      presence_(
          time_, presence_alarm_,
          [this](link_options options) {
            return std::make_unique<mosquitto_link>(loop_.get_executor(), time_, std::move(options));
          },
          complain_of) {
  presence_alarm_.on_ring([this] { presence_.on_alarm(); });
  presence_.follow(what.gateway.ns, what.gateway.devices, broker_);
  std::vector<link*> links;
  for (auto& broker : what.brokers) {
    links_.push_back(std::make_unique<mosquitto_link>(loop_.get_executor(), time_, std::move(broker)));
    links.push_back(links_.back().get());
  }
  tapped_ = std::make_unique<tapped_link>(
      *links.front(), tap_hooks{hooks_.message,
                                {},
                                [this](const outage_cause& why) { on_down(why); },
                                [this](const std::string& filter) {
                                  fail(std::make_exception_ptr(refused_filter(broker_, filter)));
                                }});
  links.front() = tapped_.get();
  if (faults) {
    faulty_ = std::make_unique<faulty_link>(*tapped_, *faults, what.gateway.decoding, time_, fault_alarm_);
    fault_alarm_.on_ring([this] { faulty_->on_alarm(); });
    links.front() = faulty_.get();
  }
  gateway_hooks watched;
  watched.ready = [this] { on_ready(); };
  watched.away = [this] { presence_.set_online(false); };
  watched.notice = complain_of;
  gateway_ = std::make_unique<gateway>(std::move(what.gateway), std::move(links), time_, gateway_alarm_,
                                       std::move(watched));
  gateway_alarm_.on_ring([this] { gateway_->on_alarm(); });
}

void responder_host::run() {
  await_signal();
  raise_descriptor_limit(0);  // each device with presence has a connection of its own
  gateway_->start();
  loop_.run();
  if (failure_) std::rethrow_exception(failure_);
}

void responder_host::on_ready() {
  if (!stopping_) presence_.set_online(true);
  if (!std::exchange(was_ready_, true)) {
    if (hooks_.ready) hooks_.ready();
  } else {
    complain("connected again to " + place_of(broker_));
  }
}

void responder_host::on_down(const outage_cause& why) {
  if (!was_ready_) return fail(std::make_exception_ptr(unreachable(broker_, why)));
  complain("lost the broker at " + place_of(broker_) + ": " + safe_text(why.words()) + "; waiting for it");
}

void responder_host::fail(std::exception_ptr what) noexcept {
  if (!failure_) failure_ = std::move(what);
  loop_.stop();
}

void responder_host::await_signal() {
  signals_.async_wait([this](boost::system::error_code ec, int number) {
    if (ec) return;
    if (stopping_) return fail(std::make_exception_ptr(interrupted(number)));
    begin_stop();
    await_signal();
  });
}

void responder_host::begin_stop() {
  stopping_ = true;
  grace_.expires_after(answer_grace);
  grace_.async_wait([this](boost::system::error_code ec) {
    if (!ec) gateway_->abandon();  // which answers the last one, and so drains
  });
  gateway_->drain([this] { stop_links(); });
}

void responder_host::stop_links() {
  if (std::exchange(links_stopping_, true)) return;
  grace_.cancel();
  links_running_ = links_.size() + 1;  // and the board
  const auto stopped = [this] {
    if (--links_running_ == 0) loop_.stop();
  };
  presence_.stop(flush_grace, stopped);
  // The first one through what stands before it, which may hold answers back.
  link& first = faulty_ ? static_cast<link&>(*faulty_) : *tapped_;
  first.stop(flush_grace, stopped);
  for (std::size_t i = 1; i < links_.size(); ++i) links_[i]->stop(flush_grace, stopped);
}

}  // namespace mqcoap::cli
