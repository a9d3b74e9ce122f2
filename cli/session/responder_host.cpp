#include "session/responder_host.hpp"

#include <csignal>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/store/storage_fault.hpp>
#include <mqcoap/transport/descriptor_limit.hpp>
#include <utility>

#include "output/output.hpp"
#include "session/broker_text.hpp"
#include "session/flush_grace.hpp"
#include "session/hints.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

using namespace std::chrono_literals;

/// Prints warnings and errors for a user at a terminal.
void complain_of(log_level level, std::string_view message) {
  if (level <= log_level::warning) complain("mqcoap: " + std::string(message));
}

/// The time for completing requests in flight and sending the last answers.
constexpr auto answer_grace = 2s;

}  // namespace

responder_host::responder_host(config::settings what, std::optional<fault_options> faults, host_hooks hooks)
    : hooks_(std::move(hooks)),
      broker_(what.brokers.front()),
      alarm_(loop_),
      fault_alarm_(loop_),
      signals_(loop_, SIGINT, SIGTERM),
      fault_options_(faults),
      decoding_(what.gateway.decoding) {
  if (hooks_.keeps_state && what.state.is_needed) open_store(what.state);
  gateway_hooks watched;
  watched.store = store_.get();
  watched.writes = store_.get();
  watched.ready = [this] { on_ready(); };
  watched.notice = complain_of;
  watched.backends = &backends_;
  host_ = std::make_unique<gateway_host>(host_configuration{std::move(what.gateway), std::move(what.brokers)},
                                         environment(), std::move(watched));
  alarm_.on_ring([this] { host_->on_alarm(); });
}

/// Opens the store only if the configuration names a directory or a database. A user who tries out the
/// configuration of a systemd unit must not touch the unit's state.
void responder_host::open_store(const store::state_options& state) {
  if (state.directory.empty() && !state.has_database())
    return complain("mqcoap: resources with `persist` are in memory only, because no `state.dir` is named");
  store_ = std::make_unique<store::configured_store>(
      store::sqlite_store::environment{loop_.get_executor(), time_, complain_of});
  try {
    store_->configure(state);
  } catch (const store::storage_fault& e) {
    throw failure(status_configuration, std::string("state cannot be kept: ") + e.what());
  }
}

host_environment responder_host::environment() {
  return {time_,
          alarm_,
          [this](link_options broker) { return connect(std::move(broker)); },
          [this](link_options options) {
            return std::make_unique<mosquitto_link>(loop_.get_executor(), time_, std::move(options));
          },
          complain_of,
          flush_grace};
}

/// The first broker is the one that is served. Its connection is observed, and may be wrapped with
/// simulated faults.
std::unique_ptr<link> responder_host::connect(link_options broker) {
  auto plain = std::make_unique<mosquitto_link>(loop_.get_executor(), time_, std::move(broker));
  if (served_) return plain;
  served_ = std::move(plain);
  auto tapped = std::make_unique<tapped_link>(
      *served_, tap_hooks{hooks_.message,
                          {},
                          [this](const outage_cause& why) { on_down(why); },
                          [this](const std::string& filter) {
                            fail(std::make_exception_ptr(refused_filter(broker_, filter)));
                          }});
  if (!fault_options_) return tapped;
  tapped_ = std::move(tapped);
  auto faulty = std::make_unique<faulty_link>(*tapped_, *fault_options_, decoding_, time_, fault_alarm_);
  fault_alarm_.on_ring([this] { faulty_->on_alarm(); });
  faulty_ = faulty.get();
  return faulty;
}

void responder_host::run() {
  await_signal();
  raise_descriptor_limit(0);  // each device with a presence has its own connection
  host_->start();
  loop_.run();
  if (failure_) std::rethrow_exception(failure_);
}

void responder_host::on_ready() {
  if (!std::exchange(was_ready_, true)) {
    if (hooks_.ready) hooks_.ready();
  } else {
    complain("connected again to " + place_of(broker_));
  }
}

void responder_host::on_down(const outage_cause& why) {
  if (!was_ready_) return fail(std::make_exception_ptr(unreachable(broker_, why)));
  complain("lost the broker at " + place_of(broker_) + ": " + safe_text(why.message()) + "; waiting for it");
}

void responder_host::fail(std::exception_ptr what) noexcept {
  if (!failure_) failure_ = std::move(what);
  loop_.stop();
}

void responder_host::await_signal() {
  signals_.async_wait([this](boost::system::error_code ec, int number) {
    if (ec) return;
    if (host_->stopping()) return fail(std::make_exception_ptr(interrupted(number)));
    host_->stop(answer_grace, [this] { loop_.stop(); });
    await_signal();
  });
}

}  // namespace mqcoap::cli
