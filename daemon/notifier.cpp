#include "notifier.hpp"

#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>

#include <cstdlib>
#include <cstring>
#include <utility>

namespace mqcoap {
namespace {

/// The manager measures from its last message: half leaves room for a loop that is busy.
std::chrono::microseconds watchdog_interval() {
  std::uint64_t limit = 0;
  return std::chrono::microseconds(sd_watchdog_enabled(0, &limit) > 0 ? limit / 2 : 0);
}

/// On the clock by which the manager tells one reload from the next.
std::string monotonic_microseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

}  // namespace

notifier::notifier(const boost::asio::any_io_executor& loop, std::function<std::string()> status,
                   std::chrono::milliseconds refresh_every)
    : status_(std::move(status)),
      refresh_every_(refresh_every),
      told_(std::getenv("NOTIFY_SOCKET") != nullptr),
      refresh_(loop),
      feed_(loop) {}

void notifier::ready() {
  if (!told_) return;
  tell("READY=1\n" + changed_status());
  if (std::exchange(started_, true)) return;
  refresh_again();
  feed_every_ = watchdog_interval();
  if (feed_every_.count() > 0) feed_again();
}

void notifier::reloading() {
  if (told_) tell("RELOADING=1\nMONOTONIC_USEC=" + monotonic_microseconds());
}

void notifier::stopping() {
  if (!told_) return;
  refresh_.cancel();
  started_ = false;
  tell("STOPPING=1\nSTATUS=stopping");
}

/// Empty if they are the same as before.
std::string notifier::changed_status() {
  auto words = status_();
  if (words == last_status_) return {};
  last_status_ = std::move(words);
  return "STATUS=" + last_status_;
}

void notifier::refresh_again() {
  refresh_.expires_after(refresh_every_);
  refresh_.async_wait([this](boost::system::error_code ec) {
    if (ec || !started_) return;
    if (const auto state = changed_status(); !state.empty()) tell(state);
    refresh_again();
  });
}

void notifier::feed_again() {
  feed_.expires_after(feed_every_);
  feed_.async_wait([this](boost::system::error_code ec) {
    if (ec) return;
    tell("WATCHDOG=1");
    feed_again();
  });
}

void notifier::tell(const std::string& state) {
  const int result = sd_notify(0, state.c_str());
  if (result < 0 && !std::exchange(failure_logged_, true))
    spdlog::warn("the service manager cannot be told how the service is: {}", std::strerror(-result));
}

}  // namespace mqcoap
