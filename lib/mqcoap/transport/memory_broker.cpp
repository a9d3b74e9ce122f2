#include <algorithm>
#include <mqcoap/transport/memory_link.hpp>
#include <utility>

namespace mqcoap {

std::size_t memory_broker::run() {
  delivered_ = 0;
  for (;;) {
    connect_links();
    if (tasks_.empty()) break;
    const auto next = std::move(tasks_.front());
    tasks_.pop_front();
    next.run(next.error);
  }
  std::erase(links_, nullptr);
  return delivered_;
}

void memory_broker::connect_links() {
  if (!up_) return;
  // By index: what a link is told may make another one.
  for (std::size_t i = 0; i < links_.size(); ++i) {
    auto* l = links_[i];
    if (l != nullptr && l->owner_ != nullptr && !l->up_) l->connect();
    if (!up_) return;
  }
}

void memory_broker::take(const std::string& topic, const std::string& payload, bool retain) {
  if (retain && payload.empty()) retained_.erase(topic);
  if (retain && !payload.empty()) retained_[topic] = payload;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    auto* l = links_[i];
    if (l == nullptr || !l->up_ || !l->wants(topic)) continue;
    ++delivered_;
    l->receive({topic, payload, false});
  }
}

void memory_broker::go_down() {
  if (!std::exchange(up_, false)) return;
  std::erase_if(tasks_, [](const task& t) { return t.what == task::kind::delivery; });
  for (auto& t : tasks_)
    if (t.what == task::kind::written) t.error = errc::not_connected;
  for (std::size_t i = 0; i < links_.size(); ++i)
    if (links_[i] != nullptr) links_[i]->go_down("the broker is away");
}

bool memory_broker::allows(std::string_view filter) const noexcept {
  return std::none_of(denied_.begin(), denied_.end(),
                      [&](const std::string& prefix) { return filter.starts_with(prefix); });
}

bool memory_broker::allows_publishing(std::string_view topic) const noexcept {
  return std::none_of(denied_topics_.begin(), denied_topics_.end(),
                      [&](const std::string& prefix) { return topic.starts_with(prefix); });
}

void memory_broker::forget(const memory_link* l) {
  std::replace(links_.begin(), links_.end(), const_cast<memory_link*>(l), static_cast<memory_link*>(nullptr));
  std::erase_if(tasks_, [l](const task& t) { return t.link == l; });
}

}  // namespace mqcoap
