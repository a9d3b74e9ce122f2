#include <algorithm>
#include <mqcoap/transport/outgoing_queue.hpp>

namespace mqcoap {

bool outgoing_queue::push(std::string_view topic, std::string_view payload, steady_time deadline,
                          steady_time now) {
  const auto size = topic.size() + 1 + payload.size();
  const auto has_place = [&] { return waiting_.size() < max_messages_ && size <= max_bytes_ - bytes_; };
  if (!has_place()) expire(now);
  if (!has_place()) return false;
  entry m{{}, topic.size(), deadline};
  m.text.reserve(size);
  m.text.append(topic).append(1, '\0').append(payload);
  waiting_.push_back(std::move(m));
  bytes_ += size;
  earliest_ = std::min(earliest_, deadline);
  return true;
}

const outgoing_queue::entry* outgoing_queue::front(steady_time now) {
  while (!waiting_.empty() && waiting_.front().deadline <= now) {
    pop();
    ++expired_;
  }
  return waiting_.empty() ? nullptr : &waiting_.front();
}

void outgoing_queue::pop() noexcept {
  bytes_ -= waiting_.front().text.size();
  waiting_.pop_front();
  if (waiting_.empty()) earliest_ = steady_time::max();
}

void outgoing_queue::expire(steady_time now) {
  if (now < earliest_) return;
  const auto dropped = std::erase_if(waiting_, [now](const entry& m) { return m.deadline <= now; });
  expired_ += dropped;
  bytes_ = 0;
  earliest_ = steady_time::max();
  for (const auto& m : waiting_) {
    bytes_ += m.text.size();
    earliest_ = std::min(earliest_, m.deadline);
  }
}

std::size_t outgoing_queue::clear() noexcept {
  const auto count = waiting_.size();
  waiting_.clear();
  bytes_ = 0;
  earliest_ = steady_time::max();
  return count;
}

}  // namespace mqcoap
