#include <mqcoap/base/units.hpp>
#include <mqcoap/transport/log.hpp>
#include <mqcoap/transport/mosquitto_link_impl.hpp>
#include <utility>

// Determines from the timing why a broker closes connections without giving a reason.

namespace mqcoap {
namespace {

constexpr std::chrono::seconds short_life{2};
/// A connection that lasts this long was not closed because of another client with the same id.
constexpr std::chrono::seconds settled{10};
/// How long a limit that the broker has not announced is assumed.
constexpr std::chrono::minutes limit_lasts{10};
constexpr int suspicious = 2;  // short connections since the last stable one

using kind = connection_fault::kind;

packet_size_watch::cause cause_of(kind what) {
  switch (what) {
    case kind::closed: return packet_size_watch::cause::unknown;
    case kind::packet_too_large: return packet_size_watch::cause::too_large;
    default: return packet_size_watch::cause::other;
  }
}

}  // namespace

void mosquitto_link::impl::explain(connection_fault& end) {
  const auto lasted = time_.now() - up_since_;
  const bool taken_over = end.what == kind::client_id_taken;
  const bool may_be_taken_over = taken_over || end.what == kind::closed;
  if (lasted >= settled) short_lived_ = 0;
  const bool suspect = may_be_taken_over && lasted < short_life && ++short_lived_ >= suspicious;
  if (const auto bytes = sizes_.ended(time_.now(), cause_of(end.what))) {
    learn_largest_packet();
    end.packet.emplace(connection_fault::packet_facts{*bytes});
    if (largest_packet_.from == packet_limit::origin::observed) end.packet->limit = largest_packet_.bytes;
  }
  if (suspect)
    end.rival.emplace(connection_fault::rival_facts{client_id_, short_lived_, short_life});
  else if (taken_over)
    end.rival.emplace(connection_fault::rival_facts{client_id_});
}

void mosquitto_link::impl::learn_largest_packet() {
  const auto given = [](std::size_t bytes, packet_limit::origin from) {
    return bytes == 0 ? packet_limit{} : packet_limit{bytes, from};
  };
  largest_packet_ = given(options_.max_packet, packet_limit::origin::configured);
  if (session_)
    largest_packet_ =
        narrower(largest_packet_, given(session_->announced_packet(), packet_limit::origin::announced));
  largest_packet_ = narrower(largest_packet_, sizes_.limit());
}

void mosquitto_link::impl::clear_largest_packet() {
  if (sizes_.awaits_word() && session_->all_has_left()) sizes_.heard(time_.now());
}

void mosquitto_link::impl::withdraw_size() {
  if (!sizes_.withdraw()) return;
  learn_largest_packet();
  say(options_.log, log_level::info,
      "broker {} is down altogether: the size of the last packet is not assumed to be the cause",
      options_.name);
}

void mosquitto_link::impl::retry_size() {
  if (sizes_.limit().from != packet_limit::origin::observed || time_.now() - up_since_ < limit_lasts) return;
  sizes_.try_again();
  learn_largest_packet();
  say(options_.log, log_level::info, "broker {}: packets of any size are sent again, after {}", options_.name,
      to_string(limit_lasts));
}

void mosquitto_link::impl::check_dots(std::string_view topic) {
  dots_known_ = topic.find('.') != std::string_view::npos;
  if (dots_known_) return;  // topics arrive as they were sent
  const auto filter = subscriptions_.meant_by(topic);
  if (filter.empty()) return;
  dots_known_ = dots_reported_ = true;
  say(options_.log, log_level::warning,
      "broker {} delivers messages for the subscription to {} under another topic: it treats a dot in a "
      "topic "
      "as a '/', as RabbitMQ does. "
      "Tags, namespaces and subsystems with a dot get no messages there: use names without dots",
      options_.name, filter);
}

void mosquitto_link::impl::check_acknowledgements() {
  const auto now = time_.now();
  const bool unacknowledged = session_->qos() > 0 && !window_.empty();
  if (!acknowledgements_.is_silent(now, unacknowledged, unacknowledged && session_->all_has_left())) return;
  const auto lasted = std::chrono::floor<std::chrono::seconds>(now - acknowledgements_.since());
  const unix_millis since{time_.wall().count - std::chrono::milliseconds(lasted).count()};
  session_->close();
  on_session_end({.what = kind::no_acknowledgement, .silence = {since, lasted}});
}

}  // namespace mqcoap
