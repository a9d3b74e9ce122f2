#include "notifier.hpp"

#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>

#include <system_error>
#include <utility>

namespace mqcoap {
namespace {

constexpr char watchdog_ping[] = "WATCHDOG=1";
constexpr std::chrono::milliseconds retry_after{100};
/// The maximum number of queued messages; beyond it the oldest is discarded.
constexpr std::size_t most_kept = 64;

/// Returns the interval of watchdog messages. The manager measures from the last message; half of its limit
/// leaves room for a busy loop.
std::chrono::microseconds watchdog_interval() {
  std::uint64_t limit = 0;
  return std::chrono::microseconds(sd_watchdog_enabled(0, &limit) > 0 ? limit / 2 : 0);
}

/// Returns the time on the clock that the manager uses to distinguish reloads.
std::string monotonic_microseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

}  // namespace

notifier::notifier(const boost::asio::any_io_executor& loop, std::function<std::string()> status,
                   std::chrono::milliseconds refresh_every)
    : status_(std::move(status)), refresh_every_(refresh_every), refresh_(loop), feed_(loop), retry_(loop) {}

void notifier::ready() {
  if (!manager_.is_wanted()) return;
  notify("READY=1\n" + changed_status());
  if (std::exchange(started_, true)) return;
  refresh_again();
  feed_every_ = watchdog_interval();
  if (feed_every_.count() > 0) feed_again();
}

void notifier::reloading() {
  if (manager_.is_wanted()) notify("RELOADING=1\nMONOTONIC_USEC=" + monotonic_microseconds());
}

void notifier::stopping() {
  if (!manager_.is_wanted()) return;
  refresh_.cancel();
  started_ = false;
  notify("STOPPING=1\nSTATUS=stopping");
}

/// Returns the new status text; empty if it has not changed.
std::string notifier::changed_status() {
  auto status = status_();
  if (status == last_status_) return {};
  last_status_ = std::move(status);
  return "STATUS=" + last_status_;
}

void notifier::refresh_again() {
  refresh_.expires_after(refresh_every_);
  refresh_.async_wait([this](boost::system::error_code ec) {
    if (ec || !started_) return;
    if (kept_.empty())
      if (auto state = changed_status(); !state.empty()) notify(std::move(state));
    refresh_again();
  });
}

void notifier::feed_again() {
  feed_.expires_after(feed_every_);
  feed_.async_wait([this](boost::system::error_code ec) {
    if (ec) return;
    if (kept_.empty() || kept_.back() != watchdog_ping) notify(watchdog_ping);
    feed_again();
  });
}

void notifier::notify(std::string state) {
  if (kept_.empty() && send(state)) return;
  if (kept_.size() == most_kept) kept_.pop_front();
  kept_.push_back(std::move(state));
  if (kept_.size() == 1) send_kept();
}

/// Returns false if sending must be retried.
bool notifier::send(const std::string& state) {
  const auto ec = manager_.send(state);
  if (ec == std::errc::resource_unavailable_try_again || ec == std::errc::no_buffer_space) return false;
  if (ec && !std::exchange(failure_logged_, true))
    spdlog::warn("cannot notify the service manager: {}", ec.message());
  return true;
}

void notifier::send_kept() {
  while (!kept_.empty() && send(kept_.front())) kept_.pop_front();
  if (kept_.empty()) return;
  retry_.expires_after(retry_after);
  retry_.async_wait([this](boost::system::error_code ec) {
    if (!ec) send_kept();
  });
}

}  // namespace mqcoap
