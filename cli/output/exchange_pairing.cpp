#include "output/exchange_pairing.hpp"

#include <utility>

namespace mqcoap::cli {
std::optional<seen_exchange> exchange_pairing::on_message(std::string_view topic, std::string_view payload,
                                                          steady_time now, unix_millis wall) {
  const auto parsed = exchange_topic::parse(topic);
  if (!parsed) return std::nullopt;
  if (parsed->which() == exchange_topic::kind::response) return on_response(*parsed, payload, now, wall);
  on_request(*parsed, payload, now, wall);
  return std::nullopt;
}

void exchange_pairing::on_request(const exchange_topic& topic, std::string_view payload, steady_time now,
                                  unix_millis wall) {
  auto key = exchange_key(topic);
  if (const auto known = entries_.find(key); known != entries_.end() && !known->second.answered)
    return;  // a repeat of a pending request: only the first one counts
  auto fields = read_fields(topic, payload);
  // Only the request shows whether the filter selects the exchange, so requests that it does not select
  // are stored, too.
  entry e{++numbers_, now, false, wants(topic, fields.path), {}};
  if (e.wanted) {
    ++totals_.requests;
    if (!fields.fault.empty()) ++totals_.faulty;
  }
  e.so_far.at = wall;
  e.so_far.tag = topic.tag();
  e.so_far.subsystem = topic.subsystem();
  e.so_far.from = std::move(fields.source);
  e.so_far.path = std::move(fields.path);
  e.so_far.verb = fields.verb;
  e.so_far.request_bytes = payload.size();
  e.so_far.fault = std::move(fields.fault);
  make_room();
  order_.push_back({key, e.number, now + options_.overdue});
  entries_.insert_or_assign(std::move(key), std::move(e));
}

std::optional<seen_exchange> exchange_pairing::on_response(const exchange_topic& topic,
                                                           std::string_view payload, steady_time now,
                                                           unix_millis wall) {
  auto fields = read_fields(topic, payload);
  seen_exchange out;
  if (const auto known = entries_.find(exchange_key(topic)); known != entries_.end()) {
    if (!known->second.wanted) return std::nullopt;
    out = pair(known->second, fields, now);
  } else {
    if (!wants(topic, fields.path)) return std::nullopt;
    out.what = seen_exchange::state::unsolicited;
    out.at = wall;
    out.tag = topic.tag();
    out.subsystem = topic.subsystem();
    out.path = std::move(fields.path);
    ++totals_.unsolicited;
  }
  if (!fields.fault.empty()) ++totals_.faulty;
  out.code = fields.code;
  out.response_bytes = payload.size();
  if (out.fault.empty()) out.fault = std::move(fields.fault);
  return out;
}

/// Returns the exchange that consists of a stored request and this answer.
seen_exchange exchange_pairing::pair(entry& e, const exchange_fields& fields, steady_time now) {
  const bool repeated = std::exchange(e.answered, true);
  seen_exchange out = e.so_far;
  out.what = repeated ? seen_exchange::state::repeated : seen_exchange::state::answered;
  out.took = now - e.requested_at;
  if (repeated) {
    ++totals_.repeated;
  } else {
    ++totals_.answered;
    if (fields.code) ++totals_.codes[*fields.code];
    totals_.latency.record(static_cast<std::uint64_t>(out.took->count()));
  }
  return out;
}

std::vector<seen_exchange> exchange_pairing::take_overdue(steady_time now) {
  std::vector<seen_exchange> out;
  for (; checked_ < order_.size() && order_[checked_].deadline <= now; ++checked_) {
    entry* e = find(order_[checked_]);
    if (e == nullptr || e->answered || !e->wanted) continue;
    e->so_far.late = true;
    out.push_back(e->so_far);
    out.back().what = seen_exchange::state::overdue;
    out.back().took = now - e->requested_at;
  }
  return out;
}

steady_time exchange_pairing::next_overdue() const noexcept {
  return checked_ < order_.size() ? order_[checked_].deadline : steady_time::max();
}

exchange_pairing::entry* exchange_pairing::find(const place& p) {
  const auto found = entries_.find(p.key);
  return found != entries_.end() && found->second.number == p.number ? &found->second : nullptr;
}

void exchange_pairing::make_room() {
  while (order_.size() >= options_.capacity) {
    if (find(order_.front()) != nullptr) entries_.erase(order_.front().key);
    order_.pop_front();
    if (checked_ > 0) --checked_;
  }
}

}  // namespace mqcoap::cli
