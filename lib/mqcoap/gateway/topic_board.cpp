#include <mqcoap/gateway/topic_board.hpp>

#include <mqcoap/base/units.hpp>
#include <utility>

namespace mqcoap {

topic_board::topic_board(link& via, environment env) : env_(std::move(env)), via_(&via) {}

std::shared_ptr<followed_topic> topic_board::follow(const std::string& topic) {
  auto& known = (*topics_)[topic];
  if (auto same = known.lock()) return same;
  auto made = std::make_shared<followed_subscription>(
      topic, [this](followed_subscription& of, error_code ec) { note_answer(of, ec); },
      [all = std::weak_ptr(topics_)](const std::string& name) {
        if (const auto still = all.lock()) still->erase(name);
      });
  known = made;
  return made;
}

error_code topic_board::publish(const std::string& topic, std::string_view payload, bool retain,
                                steady_time deadline, sent_handler done) {
  return via_->publish(topic, payload, deadline, {.retain = retain}, std::move(done));
}

/// Returns a copy, because a callback may end a subscription.
std::vector<std::shared_ptr<followed_subscription>> topic_board::followed() const {
  std::vector<std::shared_ptr<followed_subscription>> all;
  all.reserve(topics_->size());
  for (const auto& [name, each] : *topics_)
    if (auto still = each.lock()) all.push_back(std::move(still));
  return all;
}

void topic_board::subscribe(link& now) {
  via_ = &now;
  for (const auto& each : followed()) each->subscribe(now);
}

void topic_board::forget_other_brokers() {
  for (const auto& each : followed()) each->leave_previous();
}

void topic_board::release(const link& l) noexcept {
  for (const auto& [name, each] : *topics_)
    if (const auto still = each.lock()) still->release(l);
}

void topic_board::on_link_up(link& l) {
  for (const auto& each : followed()) each->on_link_up(l);
}

void topic_board::on_link_down(const link& l) {
  for (const auto& each : followed()) each->on_link_down(l);
}

bool topic_board::on_message(const link& from, const inbound& m) {
  const auto found = topics_->find(m.topic);
  const auto topic = found == topics_->end() ? nullptr : found->second.lock();
  if (!topic || !topic->hears(from)) return false;
  const auto most = env_.options.decoding.limits.payload;
  if (m.payload.size() <= most) {
    topic->take(m.payload, m.retained, env_.time.now() - m.waited);
    return true;
  }
  env_.counted.count(event::topic_too_large);
  if (topic->ignore(m.payload.size()) && env_.log)
    env_.log(log_level::warning, "a message of " + size_to_string(m.payload.size()) + " under " +
                                     topic->name() + " is larger than `limits.payload` (" +
                                     size_to_string(most) +
                                     ") and was ignored; further ones are counted and not logged");
  return true;
}

void topic_board::note_answer(followed_subscription& of, error_code ec) const {
  if (ec && env_.log)
    env_.log(log_level::error, "no messages will arrive under " + of.name() + ": " + ec.message());
}

}  // namespace mqcoap
