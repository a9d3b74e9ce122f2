#include "session/bus_session.hpp"

#include <algorithm>
#include <csignal>
#include <mqcoap/base/safe_text.hpp>
#include <utility>

#include "output/output.hpp"
#include "session/broker_text.hpp"
#include "session/flush_grace.hpp"
#include "session/hints.hpp"

namespace mqcoap::cli {
namespace {

/// The minimum time to connect: a short --timeout applies to answers, not to the connection.
constexpr std::chrono::milliseconds least_connect_timeout{5000};

}  // namespace

bus_session::bus_session(link_options broker, std::vector<std::string> filters,
                         std::chrono::milliseconds connect_timeout, bus_hooks hooks)
    : broker_(std::move(broker)),
      filters_(std::move(filters)),
      hooks_(std::move(hooks)),
      signals_(loop_, SIGINT, SIGTERM),
      connect_timeout_(std::max(connect_timeout, least_connect_timeout)),
      end_(loop_),
      link_(loop_.get_executor(), time_, broker_) {}

bool bus_session::run() {
  await_signal();
  unconfirmed_ = filters_.size();
  for (const auto& filter : filters_) subscribe(filter);
  end_.expires_after(connect_timeout_);
  end_.async_wait([this](boost::system::error_code ec) {
    if (!ec && unconfirmed_ > 0)
      fail(std::make_exception_ptr(unreachable(
          broker_, connection_fault{.what = connection_fault::kind::no_answer, .limit = connect_timeout_})));
  });
  link_.start(*this);
  loop_.run();
  if (failure_) std::rethrow_exception(failure_);
  return signal_ == 0;
}

void bus_session::subscribe(const std::string& filter) {
  link_.subscribe(filter, [this, filter](error_code ec) {
    if (ec == errc::closed) return;
    if (ec) return fail(std::make_exception_ptr(refused_filter(broker_, filter)));
    if (--unconfirmed_ > 0) return;
    end_.cancel();
    if (hooks_.ready) guarded(hooks_.ready);
  });
}

void bus_session::await_signal() {
  signals_.async_wait([this](boost::system::error_code ec, int number) {
    if (ec) return;
    signal_ = number;
    if (finishing_) return loop_.stop();
    finish();
    await_signal();
  });
}

void bus_session::finish() {
  if (std::exchange(finishing_, true)) return;
  end_.cancel();
  link_.stop(flush_grace, [this] { loop_.stop(); });
}

void bus_session::finish_after(std::chrono::milliseconds duration) {
  end_.expires_after(duration);
  end_.async_wait([this](boost::system::error_code ec) {
    if (!ec) finish();
  });
}

void bus_session::fail(std::exception_ptr what) noexcept {
  if (!failure_) failure_ = std::move(what);
  loop_.stop();
}

void bus_session::on_link_up(link&) noexcept {
  if (std::exchange(down_, false)) complain("connected again to " + place_of(broker_));
  was_up_ = true;
}

void bus_session::on_link_down(link&, const outage_cause& why) noexcept {
  if (!was_up_) return fail(std::make_exception_ptr(unreachable(broker_, why)));
  down_ = true;
  complain("lost the broker at " + place_of(broker_) + ": " + safe_text(why.message()) + "; waiting for it");
}

void bus_session::on_message(link&, const inbound& m) noexcept {
  if (hooks_.message && !finishing_) guarded([&] { hooks_.message(m); });
}

}  // namespace mqcoap::cli
