#include <mqcoap/client/event_hub.hpp>

#include <algorithm>
#include <exception>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/transport/log.hpp>
#include <mqcoap/transport/topic_filter.hpp>
#include <new>
#include <utility>
#include <variant>

namespace mqcoap {

general_message no_result<general_message>::make() {
  return {general_topic(default_namespace(), *subsystem_name::parse("none"), general_topic::kind::event,
                        *device_tag::parse("none"), *resource_path::parse("none")),
          {}};
}

subscription_id event_hub::add(std::string filter, client_base::general_handler on_message) {
  const subscription_id id{++last_};
  auto handler =
      on_message ? std::make_shared<const client_base::general_handler>(std::move(on_message)) : nullptr;
  all_.emplace(
      id, subscription{
              std::move(filter), std::move(handler), {options_.max_events, options_.max_event_bytes}, {}});
  return id;
}

std::optional<std::string> event_hub::remove(subscription_id id) {
  const auto at = all_.find(id);
  if (at == all_.end()) return std::nullopt;
  const auto gone = std::move(at->second);
  all_.erase(at);
  for (const auto& op : gone.waiting) op->close();
  return gone.filter;
}

bool event_hub::wants(std::string_view filter) const noexcept {
  return std::any_of(all_.begin(), all_.end(), [&](const auto& s) { return s.second.filter == filter; });
}

std::vector<std::string> event_hub::filters() const {
  std::vector<std::string> found;
  found.reserve(all_.size());
  for (const auto& [id, s] : all_) found.push_back(s.filter);
  return found;
}

void event_hub::receive(subscription_id from, const std::shared_ptr<receiving>& done) {
  const auto at = all_.find(from);
  if (at == all_.end() || at->second.on_message) return done->close();
  if (!done->pending()) return;  // cancelled before it began
  auto& waiting = at->second.waiting;
  std::erase_if(waiting, [](const auto& op) { return !op->pending(); });
  waiting.push_back(done);
  serve(at->second);
}

void event_hub::retry() {
  for (auto& [id, s] : all_) serve(s);
}

/// Completes waiting operations with stored messages, the oldest with the oldest. If memory runs out while
/// completing one, it stays the first, and holds its message until it is retried.
void event_hub::serve(subscription& to) {
  for (; !to.waiting.empty(); to.waiting.pop_front()) {
    auto& next = *to.waiting.front();
    if (next.has_outcome()) {
      next.retry();
    } else {
      auto message = to.kept.take();
      if (!message) return;
      next.finish({}, *std::move(message));
    }
  }
}

bool event_hub::hand_out(const inbound& m, std::string_view own_filter) {
  // A handler may unsubscribe any subscription, including its own.
  std::vector<subscription_id> wanted;
  std::vector<std::string_view> filters;
  if (!own_filter.empty()) filters.push_back(own_filter);
  for (const auto& [id, s] : all_)
    if (filter_matches(s.filter, m.topic)) {
      wanted.push_back(id);
      if (std::find(filters.begin(), filters.end(), s.filter) == filters.end()) filters.push_back(s.filter);
    }
  if (is_copy(m, filters.size()) || (!own_filter.empty() && wanted.empty())) return true;
  const auto arrived = [&]() -> std::optional<general_message> {
    auto topic = general_topic::parse(m.topic);
    auto decoded = topic ? decode(m.payload, options_.decoding) : decode_fault{};
    auto* const payload = decoded ? std::get_if<general>(&*decoded) : nullptr;
    if (payload == nullptr) return std::nullopt;
    return general_message{*std::move(topic), std::move(*payload), m.retained};
  };
  std::optional<general_message> message;
  try {
    message = arrived();
  } catch (const std::bad_alloc&) {
    for (const auto id : wanted) all_.at(id).kept.count_lost();
    throw;
  }
  if (!message) return false;
  bool lacks_memory = false;
  for (const auto id : wanted) {
    const auto at = all_.find(id);
    if (at == all_.end() || stopped_) continue;
    if (const auto on_message = at->second.on_message) {
      notify(*on_message, *message, m.topic);
    } else {
      try {
        at->second.kept.push(*message, m.payload.size());
        serve(at->second);
      } catch (const std::bad_alloc&) {
        lacks_memory = true;
      }
    }
  }
  if (lacks_memory) throw std::bad_alloc();
  return true;
}

void event_hub::notify(const client_base::general_handler& on_message, const general_message& m,
                       std::string_view topic) const noexcept try {
  try {
    on_message(m);
  } catch (const std::exception& e) {
    say(options_.broker.log, log_level::error, "the handler of {} failed: {}", topic, e.what());
  } catch (...) {
    say(options_.broker.log, log_level::error,
        "the handler of {} threw something that is not a std::exception", topic);
  }
} catch (...) {
  // Out of memory for the log line, which is then omitted.
}

/// Returns true if the message is another copy of the previous one. The broker may send a message that
/// matches several filters once for each of them (MQTT 5.0 section 3.3.4), one after the other; two messages
/// that are identical including the timestamp count as one.
bool event_hub::is_copy(const inbound& m, std::size_t filters) {
  if (copies_.due > 0 && m.topic == copies_.topic && m.payload == copies_.payload) {
    --copies_.due;
    return true;
  }
  copies_.due = 0;
  if (filters > 1) copies_ = {std::string(m.topic), std::string(m.payload), filters - 1};
  return false;
}

void event_hub::clear() {
  for (const auto& [id, s] : std::exchange(all_, {}))
    for (const auto& op : s.waiting) op->close();
}

}  // namespace mqcoap
