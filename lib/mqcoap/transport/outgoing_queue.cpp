#include <mqcoap/transport/outgoing_queue.hpp>

#include <algorithm>
#include <utility>

namespace mqcoap {

bool outgoing_queue::push(std::string_view topic, std::string_view payload, steady_time deadline,
                          publish_options options, link::written_handler done, steady_time now,
                          handlers& expired) {
  const auto size = topic.size() + 1 + payload.size();
  const auto has_place = [&] { return waiting_.size() < max_messages_ && size <= max_bytes_ - bytes_; };
  if (!has_place()) expire(now, expired);
  if (!has_place()) return false;
  entry m{{}, topic.size(), deadline, options, std::move(done)};
  m.text.reserve(size);
  m.text.append(topic).append(1, '\0').append(payload);
  waiting_.push_back(std::move(m));
  bytes_ += size;
  earliest_ = std::min(earliest_, deadline);
  return true;
}

outgoing_queue::entry* outgoing_queue::front(steady_time now, handlers& expired) {
  while (!waiting_.empty() && waiting_.front().deadline <= now) {
    give_up(waiting_.front(), expired);
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

void outgoing_queue::expire(steady_time now, handlers& expired) {
  if (now < earliest_) return;
  for (auto& m : waiting_)
    if (m.deadline <= now) give_up(m, expired);
  expired_ += std::erase_if(waiting_, [now](const entry& m) { return m.deadline <= now; });
  bytes_ = 0;
  earliest_ = steady_time::max();
  for (const auto& m : waiting_) {
    bytes_ += m.text.size();
    earliest_ = std::min(earliest_, m.deadline);
  }
}

std::size_t outgoing_queue::clear(handlers& dropped) {
  const auto count = waiting_.size();
  for (auto& m : waiting_) give_up(m, dropped);
  waiting_.clear();
  bytes_ = 0;
  earliest_ = steady_time::max();
  return count;
}

void outgoing_queue::give_up(entry& m, handlers& dropped) {
  if (m.done) dropped.push_back(std::move(m.done));
}

}  // namespace mqcoap
