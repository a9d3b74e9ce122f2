#include <mqcoap/resource/topic/followed_topic.hpp>

#include <mqcoap/base/units.hpp>
#include <utility>

namespace mqcoap {

std::optional<std::string> followed_topic::why_none() const {
  if (!refusal_.empty()) return "the subscription to '" + name_ + "' has failed: " + refusal_;
  if (message_) return std::nullopt;
  const auto why = was_removed_ ? "the message of '" + name_ + "' was removed"
                                : "no message has come yet on '" + name_ + '\'';
  return why + ignored_text();
}

std::string followed_topic::ignored_text() const {
  if (ignored_ == 0) return {};
  return "; a message of " + size_to_string(ignored_) +
         " came and was ignored, because it is larger than `limits.payload`";
}

subscription followed_topic::on_change(std::function<void()> hear) {
  return changes_.subscribe([hear = std::move(hear)](const changed&) { hear(); });
}

void followed_topic::take(std::string_view payload, bool retained, steady_time when) {
  ignored_ = 0;
  if (payload.empty()) {
    was_removed_ = true;
    return replace(std::nullopt);
  }
  const bool is_same = message_ && *message_ == payload;
  if (!is_same) replace(std::string(payload));
  if (!is_same || !retained) arrived_ = when;
}

bool followed_topic::ignore(std::size_t bytes) noexcept { return std::exchange(ignored_, bytes) == 0; }

void followed_topic::forget() {
  ignored_ = 0;
  was_removed_ = false;
  replace(std::nullopt);
}

void followed_topic::replace(std::optional<std::string> message) {
  if (!message && !message_) return;
  message_ = std::move(message);
  ++revision_;
  // Ignores exceptions of subscribers: the others are called all the same, and the next GET
  // finds the message.
  changes_.publish({}, [](std::string_view) {});
}

}  // namespace mqcoap
