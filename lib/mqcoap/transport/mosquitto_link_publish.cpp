
#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cstring>
#include <memory>
#include <mqcoap/transport/log.hpp>
#include <mqcoap/transport/mosquitto_link_impl.hpp>
#include <mqcoap/transport/topic_filter.hpp>
#include <new>
#include <utility>

// Sends messages: passes them to the session while the window has room, and queues them otherwise.

namespace mqcoap {
error_code mosquitto_link::impl::publish(std::string_view topic, std::string_view payload,
                                         steady_time deadline, publish_options options,
                                         written_handler done) {
  if (phase_ != phase::up) {
    ++stats_.refused;
    return phase_ == phase::draining || phase_ == phase::stopped ? errc::closed : errc::not_connected;
  }
  if (!valid_topic(topic)) return errc::invalid_topic;
  if (!queue_.empty() || !window_.has_room(topic.size() + payload.size())) {
    outgoing_queue::handlers expired;
    const bool kept = queue_.push(topic, payload, deadline, options, std::move(done), time_.now(), expired);
    answer_expired(std::move(expired));
    if (kept) return {};
    ++stats_.refused;
    return errc::queue_full;
  }
  std::array<char, 512> buffer;
  if (topic.size() >= buffer.size()) return hand_over(std::string(topic).c_str(), payload, options, done);
  std::memcpy(buffer.data(), topic.data(), topic.size());
  buffer[topic.size()] = '\0';
  return hand_over(buffer.data(), payload, options, done);
}

error_code mosquitto_link::impl::hand_over(const char* topic, std::string_view payload,
                                           publish_options options, written_handler& done) {
  int id = 0;
  const auto topic_size = std::strlen(topic);
  const auto bytes = session_->packet_size(topic_size, payload.size());
  if (bytes > largest_packet_.bytes) {
    ++stats_.refused;
    return errc::too_large;
  }
  // Allocates first: what the library has taken must not be reported as not sent.
  if (done) awaited_.push_back({0, {}});
  const auto error = session_->publish(topic, payload, options.retain, id);
  if (error) {
    if (done) awaited_.pop_back();
    ++stats_.refused;
    return error;
  }
  if (done) awaited_.back() = {id, std::move(done)};
  window_.add(id, topic_size + payload.size());
  if (bytes >= packet_size_watch::least) sizes_.sent(id, bytes, session_->qos() == 0, time_.now());
  ++stats_.sent;
  return {};
}

void mosquitto_link::impl::pump() {
  const auto now = time_.now();
  outgoing_queue::handlers expired;
  while (auto* next = queue_.front(now, expired)) {
    if (!window_.has_room(next->topic_size + next->payload().size())) break;
    if (const auto error = hand_over(next->topic(), next->payload(), next->options, next->done)) {
      if (!std::exchange(unsent_reported_, true))
        say(options_.log, log_level::warning,
            "broker {}: a queued message of {} bytes on {} was not sent: {}; further ones are only counted",
            options_.name, next->payload().size(), next->topic(), error.message());
      answer(std::move(next->done), error);
    }
    queue_.pop();
  }
  answer_expired(std::move(expired));
}

void mosquitto_link::impl::on_session_written(int id, bool denied) noexcept {
  window_.done(id);
  const bool acknowledged = session_->qos() > 0;
  if (acknowledged) acknowledgements_.acknowledged();
  if (sizes_.follows(id)) acknowledged ? sizes_.acknowledged() : sizes_.written(time_.now());
  if (denied) ++stats_.denied;
  if (awaited_.empty()) return;
  const auto found =
      std::find_if(awaited_.begin(), awaited_.end(), [id](const awaited& a) { return a.id == id; });
  if (found == awaited_.end()) return;
  answer(std::move(found->done), denied ? error_code{errc::denied} : error_code{});
  awaited_.erase(found);
}

void mosquitto_link::impl::on_session_messages_end() noexcept {
  clear_largest_packet();
  if (owner_ != nullptr) owner_->on_messages_end(face_);
}

void mosquitto_link::impl::on_session_room() noexcept {
  if (!queue_.empty()) pump();
  if (phase_ == phase::draining) finish_if_drained();
}

void mosquitto_link::impl::on_session_tick() noexcept {
  outgoing_queue::handlers expired;
  queue_.expire(time_.now(), expired);
  answer_expired(std::move(expired));
  post_answers();
  if (phase_ != phase::up) return;
  retry_size();
  check_acknowledgements();
}

void mosquitto_link::impl::drop_outgoing(error_code error) {
  outgoing_queue::handlers dropped;
  stats_.lost += queue_.clear(dropped);
  window_.clear();
  for (auto& a : std::exchange(awaited_, {})) answer(std::move(a.done), error);
  for (auto& done : dropped) answer(std::move(done), error);
}

void mosquitto_link::impl::answer_expired(outgoing_queue::handlers expired) {
  for (auto& done : expired) answer(std::move(done), errc::timed_out);
}

/// Posts the handler instead of calling it from inside the library, because a handler may destroy the link.
void mosquitto_link::impl::answer(written_handler done, error_code error) {
  if (!done) return;
  answered_.push_back({std::move(done), error});
  post_answers();
}

/// If memory runs out, the next answer or tick tries again.
void mosquitto_link::impl::post_answers() noexcept try {
  if (answered_.empty() || answers_posted_) return;
  boost::asio::post(executor_, [self = shared_from_this()] { self->call_answered(); });
  answers_posted_ = true;
} catch (const std::bad_alloc&) {
  return;
}

/// If a handler throws, the others are called later.
void mosquitto_link::impl::call_answered() {
  const auto go_on_later = [](impl* self) {
    self->answers_posted_ = false;
    self->post_answers();
  };
  const std::unique_ptr<impl, decltype(go_on_later)> guard(this, go_on_later);
  while (!answered_.empty()) {
    const auto next = std::move(answered_.front());
    answered_.pop_front();
    next.done(next.error);
  }
}

}  // namespace mqcoap
