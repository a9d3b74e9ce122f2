#include <mqcoap/transport/topic_filter.hpp>

#include <algorithm>

namespace mqcoap {
namespace {

/// Removes and returns the first level; `more` is set to whether another follows, which may be empty.
std::string_view take_level(std::string_view& rest, bool& more) noexcept {
  const auto slash = rest.find('/');
  more = slash != std::string_view::npos;
  const auto level = rest.substr(0, slash);
  rest = more ? rest.substr(slash + 1) : std::string_view{};
  return level;
}

}  // namespace

bool valid_topic(std::string_view topic) noexcept {
  return !topic.empty() && topic.size() <= largest_topic &&
         std::none_of(topic.begin(), topic.end(), [](char c) { return c == '\0' || c == '+' || c == '#'; });
}

bool filter_matches(std::string_view filter, std::string_view topic) noexcept {
  if (filter.empty() || topic.empty()) return false;
  if (topic.front() == '$' && (filter.front() == '+' || filter.front() == '#')) return false;
  bool more_filter = true;
  bool more_topic = true;
  while (more_filter && more_topic) {
    const auto wanted = take_level(filter, more_filter);
    if (wanted == "#") return true;
    const auto level = take_level(topic, more_topic);
    if (wanted != "+" && wanted != level) return false;
  }
  // `a/#` also matches its parent level `a`.
  return more_filter == more_topic || (more_filter && filter == "#");
}

}  // namespace mqcoap
