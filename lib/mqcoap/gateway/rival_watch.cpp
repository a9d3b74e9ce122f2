#include <mqcoap/gateway/rival_watch.hpp>

#include <algorithm>
#include <mqcoap/transport/log.hpp>

namespace mqcoap {

void rival_watch::note_answer(std::string_view tag, steady_time now) {
  if (const auto known = seen_.find(tag); known != seen_.end()) {
    known->second = now;
    return;
  }
  seen_.emplace(tag, now);
  say(log_, log_level::error,
      "another program answers for {}: every request to it runs twice; stop the other one, or remove the "
      "tag here",
      tag);
}

void rival_watch::expire(steady_time now) {
  for (auto at = seen_.begin(); at != seen_.end();) {
    const bool over = at->second + lasts <= now;
    if (over)
      say(log_, log_level::info, "no other program has answered for {} in the last {} min", at->first,
          lasts.count());
    at = over ? seen_.erase(at) : std::next(at);
  }
}

steady_time rival_watch::next_end() const noexcept {
  auto next = steady_time::max();
  for (const auto& [tag, at] : seen_) next = std::min(next, at + lasts);
  return next;
}

void rival_watch::keep_only(const std::function<bool(std::string_view)>& served) {
  std::erase_if(seen_, [&served](const auto& each) { return !served(each.first); });
}

std::vector<std::string> rival_watch::tags() const {
  std::vector<std::string> all;
  for (const auto& [tag, at] : seen_) all.push_back(tag);
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace mqcoap
