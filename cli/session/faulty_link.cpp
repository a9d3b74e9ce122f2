#include "session/faulty_link.hpp"

#include <mqcoap/protocol/topic.hpp>
#include <utility>

namespace mqcoap::cli {
namespace {

constexpr std::string_view made_up =
    "a simulated fault: this simulated device answers some requests with 503";
constexpr std::chrono::seconds answer_timeout{5};

}  // namespace

faulty_link::faulty_link(link& inner, fault_options options, decode_rules rules, const clock& time,
                         alarm& wake)
    : forwarding_link(inner),
      options_(options),
      rules_(rules),
      time_(time),
      wake_(wake),
      random_(options.seed) {}

void faulty_link::start(link_events& owner) {
  owner_ = &owner;
  inner_.start(*this);
}

void faulty_link::stop(std::chrono::milliseconds grace, stopped_handler done) {
  for (auto& [when, answer] : std::exchange(delayed_, {})) send(std::move(answer));
  inner_.stop(grace, std::move(done));
}

void faulty_link::on_link_up(link&) noexcept { owner_->on_link_up(*this); }

void faulty_link::on_link_down(link&, const outage_cause& why) noexcept {
  counted_.unsent += delayed_.size();
  delayed_.clear();
  owner_->on_link_down(*this, why);
}

void faulty_link::on_message(link&, const inbound& m) noexcept {
  const auto topic = exchange_topic::parse(m.topic);
  if (!topic || topic->which() != exchange_topic::kind::request || m.retained)
    return owner_->on_message(*this, m);
  ++counted_.requests;
  // Both are drawn for every request, so that changing one share does not change which requests the
  // other one selects.
  const bool drops = happens(options_.drop);
  const bool fails = happens(options_.error);
  if (drops) {
    ++counted_.dropped;
  } else if (fails) {
    ++counted_.errors;
    answer_with_error(m);
  } else {
    owner_->on_message(*this, m);
  }
}

void faulty_link::answer_with_error(const inbound& m) {
  const auto topic = exchange_topic::parse(m.topic);
  const auto decoded = decode_request(m.payload, topic->id(), rules_);
  std::string payload;
  if (decoded)
    encode_answer(payload, answer::error(response_code::service_unavailable, made_up), *decoded, topic->tag(),
                  time_.wall());
  else
    encode_fault(payload, decoded.error(), topic->id(), topic->tag(), time_.wall());
  publish(topic->response_topic(), payload, time_.now() + answer_timeout);
}

error_code faulty_link::publish(std::string_view topic, std::string_view payload, steady_time deadline,
                                publish_options options, written_handler done) {
  if (options_.latency.which == latency_spread::kind::none) {
    const auto ec = inner_.publish(topic, payload, deadline, options, std::move(done));
    ++(ec ? counted_.unsent : counted_.answered);
    return ec;
  }
  if (!inner_.up()) return errc::not_connected;
  if (delayed_.size() >= most_delayed) return errc::queue_full;
  const auto now = time_.now();
  const auto when = now + draw_latency();
  const auto at = delayed_.emplace(
      when, delayed{std::string(topic), std::string(payload), deadline - now, options, std::move(done)});
  if (at == delayed_.begin()) wake_.wake_at(when);
  return {};
}

void faulty_link::send(delayed what) {
  const auto ec =
      inner_.publish(what.topic, what.payload, time_.now() + what.timeout, what.options, what.done);
  ++(ec ? counted_.unsent : counted_.answered);
  if (ec && what.done) what.done(ec);
}

void faulty_link::on_alarm() {
  const auto now = time_.now();
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    send(std::move(delayed_.extract(delayed_.begin()).mapped()));
  }
  if (!delayed_.empty()) wake_.wake_at(delayed_.begin()->first);
}

bool faulty_link::happens(double share) {
  return std::uniform_real_distribution<double>(0, 1)(random_) < share;
}

std::chrono::nanoseconds faulty_link::draw_latency() {
  using namespace std::chrono;
  const auto& spread = options_.latency;
  double us = 0;
  if (spread.which == latency_spread::kind::even)
    us = std::uniform_real_distribution<double>(static_cast<double>(spread.least.count()),
                                                static_cast<double>(spread.most.count()))(random_);
  else
    us = std::exponential_distribution<double>(1.0 / static_cast<double>(spread.mean.count()))(random_);
  return nanoseconds(static_cast<std::int64_t>(us * 1e3));
}

}  // namespace mqcoap::cli
