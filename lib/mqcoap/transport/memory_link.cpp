#include <mqcoap/transport/memory_link.hpp>

#include <algorithm>
#include <cstdint>
#include <mqcoap/transport/topic_filter.hpp>
#include <utility>

namespace mqcoap {
namespace {

bool contains(const std::vector<std::string>& all, std::string_view one) noexcept {
  return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

memory_link::memory_link(memory_broker& broker, std::string name, std::optional<last_will> will,
                         std::shared_ptr<const void> keeps)
    : keeps_(std::move(keeps)),
      broker_(broker),
      name_(std::move(name)),
      client_id_(name_),
      will_(std::move(will)) {
  broker_.links_.push_back(this);
}

memory_link::~memory_link() {
  if (up_) broker_.execute_will(*this);
  broker_.forget(this);
}

void memory_link::start(link_events& owner) {
  if (stopped_ || owner_ != nullptr) return;
  owner_ = &owner;
  broker_.notify_work();
}

void memory_link::connect() {
  if (broker_.throws_off_) broker_.throw_off(client_id_);
  up_ = true;
  was_refused_ = false;
  ++stats_.connects;
  if (will_ && will_->make_payload) will_->payload = will_->make_payload();
  for (const auto& filter : filters_) broker_.later(this, [this, filter] { make(filter); });
  owner_->on_link_up(*this);
}

void memory_link::go_down(const outage_cause& why) {
  if (!std::exchange(up_, false)) return;
  granted_.clear();
  if (owner_ != nullptr) owner_->on_link_down(*this, why);
}

void memory_link::subscribe(std::string filter, subscribed_handler done) {
  if (stopped_) {
    if (done) broker_.later(this, [done = std::move(done)] { done(errc::closed); });
    return;
  }
  if (done) waiting_.push_back({filter, std::move(done)});
  if (!contains(filters_, filter)) filters_.push_back(filter);
  if (up_) broker_.later(this, [this, filter = std::move(filter)] { make(filter); });
}

void memory_link::make(const std::string& filter) {
  if (!up_ || !contains(filters_, filter)) return;  // the connection or the filter no longer exists
  if (broker_.ignores(filter)) return;
  if (!broker_.allows(filter)) return answer(filter, errc::denied);
  const bool again = is_granted(filter);
  if (!again) granted_.push_back(filter);
  answer(filter, {});
  if (again) return;
  const auto retained = broker_.retained_;  // copied, because a receiver may change them
  for (const auto& [topic, payload] : retained) {
    if (!filter_matches(filter, topic)) continue;
    ++broker_.delivered_;
    receive({topic, payload, true});
  }
}

void memory_link::answer(std::string_view filter, error_code error) {
  std::vector<subscribed_handler> due;
  std::erase_if(waiting_, [&](waiting& w) {
    if (w.filter != filter) return false;
    due.push_back(std::move(w.done));
    return true;
  });
  for (auto& done : due) broker_.later(this, [done = std::move(done), error] { done(error); });
}

void memory_link::unsubscribe(std::string_view filter) {
  answer(filter, errc::closed);
  const std::string name(filter);  // copied, because the view may point into what is erased
  std::erase(filters_, name);
  std::erase(granted_, name);
}

error_code memory_link::publish(std::string_view topic, std::string_view payload, steady_time,
                                publish_options options, written_handler done) {
  if (!up_) {
    ++stats_.refused;
    return stopped_ ? errc::closed : errc::not_connected;
  }
  if (!valid_topic(topic)) return errc::invalid_topic;
  const bool fits = payload.size() <= broker_.largest_payload_;
  if (!fits && broker_.too_large_ == memory_broker::refusal::at_once) return errc::too_large;
  using kind = memory_broker::task::kind;
  ++stats_.sent;
  const bool allowed = broker_.allows_publishing(topic);
  if (!allowed) ++stats_.denied;
  if (allowed && fits && broker_.watcher_) broker_.watcher_(*this, topic, payload, options);
  // The task is not bound to this link: a message that was sent arrives, even if the sender is destroyed.
  if (allowed && fits)
    broker_.add({kind::delivery,
                 nullptr,
                 [&broker = broker_, topic = std::string(topic), payload = std::string(payload),
                  retain = options.retain, from = this](error_code) {
                   broker.take(topic, payload, retain, from);  // only compared, never dereferenced
                 },
                 {}});
  if (done)
    broker_.add({kind::written, this, std::move(done),
                 !fits     ? error_code{errc::too_large}
                 : allowed ? error_code{}
                           : error_code{errc::denied}});
  return {};
}

std::string memory_link::server() const {
  return up_ ? "memory:" + std::to_string(reinterpret_cast<std::uintptr_t>(&broker_)) : std::string();
}

void memory_link::stop(std::chrono::milliseconds, stopped_handler done) {
  stopped_ = true;
  owner_ = nullptr;
  while (!waiting_.empty()) answer(std::string(waiting_.front().filter), errc::closed);
  up_ = false;
  granted_.clear();
  if (done) broker_.later(nullptr, std::move(done));
}

bool memory_link::is_granted(std::string_view filter) const noexcept { return contains(granted_, filter); }

bool memory_link::wants(std::string_view topic, const memory_link* from) const noexcept {
  const auto takes = [topic](const std::string& filter) { return filter_matches(filter, topic); };
  return std::any_of(granted_.begin(), granted_.end(), takes) ||
         (from != this && std::any_of(others_.begin(), others_.end(), takes));
}

void memory_link::receive(const inbound& m) {
  ++stats_.received;
  if (owner_ != nullptr) owner_->on_message(*this, m);
  if (owner_ != nullptr) owner_->on_messages_end(*this);
}

}  // namespace mqcoap
