#include <algorithm>
#include <mqcoap/transport/memory_link.hpp>
#include <utility>

namespace mqcoap {
namespace {

bool has_prefix_of(const std::vector<std::string>& prefixes, std::string_view text) noexcept {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const std::string& prefix) { return text.starts_with(prefix); });
}

}  // namespace

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
  // Iterates by index, because a callback may create another link.
  for (std::size_t i = 0; i < links_.size(); ++i) {
    if (!up_ && !refusal_) return;
    auto* l = links_[i];
    if (l == nullptr || l->owner_ == nullptr || l->up_) continue;
    if (!refusal_)
      l->connect();
    else if (!std::exchange(l->was_refused_, true))
      l->owner_->on_link_down(*l, *refusal_);
  }
}

void memory_broker::publish(std::string topic, std::string payload, bool retain) {
  add({task::kind::delivery,
       nullptr,
       [this, topic = std::move(topic), payload = std::move(payload), retain](error_code) {
         take(topic, payload, retain, nullptr);
       },
       {}});
}

void memory_broker::refuse(connection_fault why) {
  refusal_ = std::move(why);
  for (auto* l : links_)
    if (l != nullptr) l->was_refused_ = false;
  notify_work();
}

void memory_broker::come_up() {
  up_ = true;
  refusal_.reset();
  notify_work();
}

void memory_broker::take(const std::string& topic, const std::string& payload, bool retain,
                         const memory_link* from, const memory_broker* by) {
  for (const auto& [other, prefix] : bridges_) {
    if (other == by || !topic.starts_with(prefix)) continue;
    other->later(nullptr, [this, to = other, topic, payload, retain] {
      to->take(topic, payload, retain, nullptr, this);
    });
  }
  if (retain) keep(topic, payload);
  for (std::size_t i = 0; i < links_.size(); ++i) {
    auto* l = links_[i];
    if (l == nullptr || !l->up_ || !l->wants(topic, from)) continue;
    ++delivered_;
    l->receive({topic, payload, false, waited_});
  }
}

void memory_broker::go_down(const connection_fault& why) {
  if (!std::exchange(up_, false)) return;
  std::erase_if(tasks_, [](const task& t) { return t.what == task::kind::delivery; });
  for (auto& t : tasks_)
    if (t.what == task::kind::written) t.error = errc::not_connected;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    auto* l = links_[i];
    if (l == nullptr || !l->up_) continue;
    if (l->will_ && l->will_->retain) keep(l->will_->topic, l->will_->payload);
    l->go_down(why);
  }
}

void memory_broker::drop(memory_link& l) {
  if (!l.up_) return;
  execute_will(l);
  for (auto& t : tasks_)
    if (t.what == task::kind::written && t.link == &l) t.error = errc::not_connected;
  l.go_down(connection_fault::of_message("the connection is lost"));
  notify_work();
}

void memory_broker::throw_off(const std::string& client_id) {
  for (std::size_t i = 0; i < links_.size(); ++i)
    if (links_[i] != nullptr && links_[i]->up_ && links_[i]->client_id_ == client_id) drop(*links_[i]);
}

void memory_broker::execute_will(const memory_link& l) {
  if (!l.will_) return;
  add({task::kind::delivery,
       nullptr,
       [this, will = *l.will_](error_code) { take(will.topic, will.payload, will.retain, nullptr); },
       {}});
}

void memory_broker::keep(const std::string& topic, const std::string& payload) {
  if (payload.empty())
    retained_.erase(topic);
  else
    retained_[topic] = payload;
}

bool memory_broker::allows(std::string_view filter) const noexcept { return !has_prefix_of(denied_, filter); }

bool memory_broker::ignores(std::string_view filter) const noexcept {
  return has_prefix_of(ignored_, filter);
}

bool memory_broker::allows_publishing(std::string_view topic) const noexcept {
  return !has_prefix_of(denied_topics_, topic);
}

void memory_broker::forget(const memory_link* l) {
  std::replace(links_.begin(), links_.end(), const_cast<memory_link*>(l), static_cast<memory_link*>(nullptr));
  std::erase_if(tasks_, [l](const task& t) { return t.link == l; });
}

}  // namespace mqcoap
