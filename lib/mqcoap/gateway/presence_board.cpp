#include <mqcoap/gateway/presence_board.hpp>

#include <algorithm>
#include <mqcoap/protocol/presence.hpp>
#include <mqcoap/transport/log.hpp>
#include <utility>

namespace mqcoap {
namespace {

/// The number of connections that are opened at a time, because the broker and the event loop
/// have other work.
constexpr std::size_t most_connecting = 8;
/// The maximum number of log lines for different causes, or for tags that other programs announce.
constexpr std::size_t most_lines = 10;
constexpr std::size_t most_failures_shown = 20;

}  // namespace

presence_board::presence_board(const clock& time, alarm& wake, link_maker make, log_sink log)
    : time_(time), wake_(wake), make_(std::move(make)), log_(std::move(log)) {}
presence_board::~presence_board() = default;

void presence_board::follow(const namespace_name& ns, const std::vector<device_options>& devices,
                            const link_options& broker) {
  using enum presence_announcer::farewell;
  auto before = std::exchange(announcers_, {});
  const bool same_connection = broker == broker_;
  const bool same_broker = servers(broker) == servers(broker_);
  broker_ = broker;
  for (const auto& device : devices) {
    if (!device.presence) continue;
    auto topic = presence_topic(ns, device.tag);
    if (const auto at = before.find(topic); at != before.end()) {
      if (same_connection) {
        announcers_.insert(before.extract(at));
        continue;
      }
      end(std::move(before.extract(at).mapped()), same_broker ? offline : forget,
          presence_announcer::goodbye);
    }
    auto made = std::make_unique<presence_announcer>(ns, device.tag, broker_, time_,
                                                     static_cast<presence_announcer::host&>(*this));
    announcers_.emplace(std::move(topic), std::move(made));
  }
  for (auto& [topic, one] : before) end(std::move(one), forget, presence_announcer::goodbye);
  advance();
}

void presence_board::set_online(bool online) {
  if (!online) failures_reported_.clear();
  for (const auto& [topic, one] : announcers_) one->set_online(online);
  advance();
}

void presence_board::end(std::unique_ptr<presence_announcer> one, presence_announcer::farewell how,
                         std::chrono::milliseconds grace) {
  rivals_.erase(one->tag());
  one->leave(how, grace);
  if (!one->ended()) leaving_.push_back(std::move(one));
}

void presence_board::stop(std::chrono::milliseconds grace, std::function<void()> done, bool goes_on) {
  using farewell = presence_announcer::farewell;
  for (auto& [topic, one] : std::exchange(announcers_, {}))
    end(std::move(one), goes_on ? farewell::stay : farewell::offline, grace);
  if (leaving_.empty()) return done();
  stopped_ = std::move(done);
}

void presence_board::on_change(presence_announcer& which) noexcept try {
  if (which.ended()) {
    // The connection that replaces it must not treat its last message as news.
    if (const auto next = announcers_.find(which.topic()); next != announcers_.end())
      next->second->continue_after(which);
    std::erase_if(leaving_, [&which](const auto& other) { return other.get() == &which; });
    if (leaving_.empty() && stopped_) return std::exchange(stopped_, {})();
  } else {
    note_failure(which);
    note_rival(which);
  }
  advance();
} catch (const std::exception& e) {
  say(log_, log_level::error, "presence: {}", e.what());
}

/// Logs each cause once, for all devices that it concerns.
void presence_board::note_failure(const presence_announcer& which) {
  if (!which.wanted() || which.failure().empty() || !which.is_refused()) return;
  if (failures_reported_.size() >= most_lines || !failures_reported_.insert(which.failure()).second) return;
  say(log_, log_level::warning,
      "presence of {} is not announced: {}; others with the same cause are only in .gw/status", which.tag(),
      which.failure());
}

void presence_board::note_rival(const presence_announcer& which) {
  if (which.contested() == rivals_.contains(which.tag())) return;
  if (which.contested())
    rivals_.insert(which.tag());
  else
    rivals_.erase(which.tag());
  if (rivals_.size() > most_lines) return;
  if (which.contested())
    say(log_, log_level::error,
        "another program announces {}: if both answer for it, every request runs twice; stop one of them",
        which.tag());
  else
    say(log_, log_level::info, "no other program announces {} any more", which.tag());
}

bool presence_board::is_leaving(const std::string& topic) const noexcept {
  return std::any_of(leaving_.begin(), leaving_.end(),
                     [&topic](const auto& one) { return one->topic() == topic; });
}

void presence_board::advance() {
  if (std::exchange(advancing_, true)) return;
  try {
    connect_due();
  } catch (...) {
    advancing_ = false;
    throw;
  }
  advancing_ = false;
}

/// Connects the announcers that are due, and sets the alarm for the next one.
void presence_board::connect_due() {
  const auto now = time_.now();
  auto room = most_connecting;
  for (const auto& [topic, one] : announcers_)
    if (one->connecting() && room > 0) --room;
  auto next = steady_time::max();
  for (const auto& [topic, one] : announcers_) {
    const auto due = one->next_due();
    if (!one->waits_to_connect() || due > now) {
      next = std::min(next, due);
    } else if (room > 0 && !is_leaving(topic)) {
      --room;
      one->connect();
    }
  }
  if (next == alarm_at_) return;
  wake_.wake_at(next);
  alarm_at_ = next;  // set last: if setting the alarm fails, the next change tries again
}

void presence_board::on_alarm() {
  alarm_at_ = steady_time::max();
  for (const auto& [topic, one] : announcers_) {
    if (one->next_due() > time_.now()) continue;
    one->on_due();
    note_failure(*one);
  }
  advance();
}

presence_status presence_board::status() const {
  presence_status out;
  out.devices = announcers_.size();
  for (const auto& [topic, one] : announcers_) {
    if (one->announced()) ++out.announced;
    if (!one->failure().empty() && out.failing.size() < most_failures_shown)
      out.failing.push_back({one->tag(), one->failure()});
  }
  out.rivals.assign(rivals_.begin(), rivals_.end());
  return out;
}

}  // namespace mqcoap
