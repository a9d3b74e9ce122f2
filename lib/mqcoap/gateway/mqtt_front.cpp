#include <mqcoap/gateway/mqtt_front.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <mqcoap/transport/log.hpp>
#include <utility>

namespace mqcoap {
namespace {

/// How long requests are still accepted that were in flight to a broker that is no longer the default.
constexpr std::chrono::seconds intake_grace{5};

/// Answers a program that uses the gateway's client id as its source; hops answer the gateway's own callers.
std::unique_ptr<answer> came_back() {
  return std::make_unique<answer>(answer::refusal(
      response_code::bad_gateway,
      "the source of this request is a client id of this gateway: it sent the request itself, and "
      "does not forward it again"));
}

}  // namespace

mqtt_front::mqtt_front(link& from, environment env)
    : env_(std::move(env)),
      sender_(env_.time, *this),
      taker_(env_.core, env_.time, env_.options.decoding, *this),
      intake_(make_intake(from)),
      rivals_(env_.notice ? env_.notice : spdlog_sink()) {}

std::shared_ptr<intake> mqtt_front::make_intake(link& on) {
  return std::make_shared<intake>(sender_, on,
                                  intake::hooks{[this](intake& from, const std::string& filter,
                                                       error_code ec) { on_subscribed(from, filter, ec); },
                                                env_.ended});
}

std::shared_ptr<intake> mqtt_front::intake_of(const link& l) const noexcept {
  if (intake_->via == &l) return intake_;
  const auto at =
      std::find_if(leaving_.begin(), leaving_.end(), [&](const auto& each) { return each.from->via == &l; });
  return at == leaving_.end() ? nullptr : at->from;
}

void mqtt_front::serve_from(link& now) {
  if (&now == intake_->via) return;
  const auto again = std::find_if(leaving_.begin(), leaving_.end(),
                                  [&](const auto& each) { return each.from->via == &now; });
  auto next = again == leaving_.end() ? make_intake(now) : std::move(again->from);
  if (again != leaving_.end()) leaving_.erase(again);
  // The old intake stays subscribed until the new one is confirmed; both may use the same broker.
  twins_.begin();
  intake_->via->subscribe_to_others({});
  leaving_.push_back({std::exchange(intake_, std::move(next)), env_.time.now() + intake_grace});
}

void mqtt_front::subscribe() {
  intake_->subscribe(request_filters());
  if (intake_->has_outdated() && (group_ != env_.options.share || intake_->has(request_filter_of_all())))
    twins_.begin();
  group_ = env_.options.share;
  intake_->ask();
  watch_for_rivals();
  settle();
}

void mqtt_front::unsubscribe() {
  intake_->unsubscribe();
  for (auto& each : leaving_) each.from->unsubscribe();
}

std::vector<std::string> mqtt_front::request_filters() const {
  // Overlapping subscriptions may deliver a message twice; therefore a single filter is used if there
  // is a pattern.
  if (env_.tags.has_patterns()) return {request_filter_of_all()};
  std::vector<std::string> filters;
  for (const auto& tag : env_.tags.named())
    filters.push_back(
        shared_filter(env_.options.share, request_filter(env_.options.ns, *device_tag::parse(tag))));
  return filters;
}

std::string mqtt_front::request_filter_of_all() const {
  return shared_filter(env_.options.share, all_requests_filter(env_.options.ns));
}

/// Uses other filters than the proxy, because a broker has only one subscription per filter. In a group,
/// other members answer as well and cannot be distinguished from a rival.
void mqtt_front::watch_for_rivals() {
  std::vector<std::string> filters;
  for (const auto& tag : env_.options.share.empty() ? env_.tags.named() : std::vector<std::string>())
    filters.push_back(env_.options.ns.text() + "/+/response/" + tag + "/#");
  serves_patterns_ = env_.tags.has_patterns();
  intake_->via->subscribe_to_others(std::move(filters));
  rivals_.keep_only([this](std::string_view tag) { return env_.tags.serves(tag); });
}

/// Returns true if another program answered a request that this gateway should answer.
bool mqtt_front::is_rival(const link& l, const exchange_topic& response) const {
  const auto tag = response.tag();
  const auto& ns = env_.options.ns.text();
  const bool named = serves_patterns_ ? env_.tags.is_own(tag) : env_.tags.serves(tag);
  return named && &l == intake_->via && response.ns() == ns && env_.options.share.empty() &&
         leaving_.empty() &&  // otherwise it may be this gateway's answer, over the other link
         // A route leads back here: then the gateway's own answers come back as well, and cannot be
         // distinguished.
         !env_.hops.listens_to(l.name() + '/' + ns + '/' + std::string(tag)) && !env_.hops.knows(response);
}

void mqtt_front::on_response(const link& from, const exchange_topic& topic) {
  if (is_rival(from, topic)) rivals_.note_answer(topic.tag(), env_.time.now());
}

void mqtt_front::on_subscribed(intake& from, const std::string& filter, error_code ec) {
  if (ec) spdlog::error("no requests will arrive under {}: {}", filter, ec.message());
  from.drop_outdated();
  settle();
  if (!ec && &from == intake_.get() && subscribed() && env_.ready) env_.ready();
}

/// Unsubscribes intakes whose successor the broker has confirmed.
void mqtt_front::settle() {
  intake_->drop_outdated();
  if (subscribed())
    for (auto& each : leaving_) each.from->unsubscribe();
  if (!intake_->has_outdated() && !leaving_one_asks()) twins_.end_soon(env_.time.now());
}

bool mqtt_front::leaving_one_asks() const noexcept {
  return std::any_of(leaving_.begin(), leaving_.end(),
                     [](const leaving_intake& each) { return each.from->asks(); });
}

void mqtt_front::on_link_up(link& l) {
  if (const auto from = intake_of(l)) from->ask();
}

void mqtt_front::on_link_down(link& l) {
  if (const auto from = intake_of(l)) from->on_link_down();
  if (&l != intake_->via) return;
  if (!leaving_one_asks()) twins_.end();
  if (env_.away) env_.away();
}

bool mqtt_front::on_request(link& from, exchange_topic&& topic, const inbound& m) {
  const auto by = intake_of(from);
  if (!by || topic.ns() != env_.options.ns.text() || !env_.tags.serves(topic.tag())) return false;
  if (!twins_.is_twin(m.topic, env_.time.now())) taker_.take(by, std::move(topic), m);
  return true;
}

void mqtt_front::hurry(const link& l) {
  for (auto& each : leaving_) {
    if (each.from->via != &l) continue;
    each.from->unsubscribe();
    each.deadline = env_.time.now();
  }
}

void mqtt_front::replace(const link& l) {
  for (auto& each : leaving_)
    if (each.from->via == &l) each.from->via = intake_->via;
}

bool mqtt_front::uses(const link& l) const noexcept {
  return std::any_of(leaving_.begin(), leaving_.end(),
                     [&](const auto& each) { return each.from->via == &l; });
}

void mqtt_front::expire(steady_time now) {
  rivals_.expire(now);
  for (auto& each : leaving_)
    if (now >= each.deadline) each.from->unsubscribe();
  std::erase_if(leaving_,
                [now](const auto& each) { return now >= each.deadline && each.from->in_flight == 0; });
  settle();
}

steady_time mqtt_front::next_deadline(steady_time now) const noexcept {
  auto next = rivals_.next_end();
  for (const auto& each : leaving_)
    if (each.deadline > now) next = std::min(next, each.deadline);
  return next;
}

bool mqtt_front::inspect(const link& from, const exchange_topic& topic) {
  returned_ = env_.returns.look_for_hop(from, topic, env_.tags.is_own(topic.tag()));
  return returned_ != return_watch::verdict::caught;
}

request_taker::inspector::finding mqtt_front::inspect(const link& from, const exchange_topic& topic,
                                                      const request& requested) {
  using verdict = return_watch::verdict;
  if (returned_ == verdict::foreign) returned_ = env_.returns.look_at_source(from, topic, requested);
  return {returned_ == verdict::caught, returned_ == verdict::loop ? came_back() : nullptr};
}

void mqtt_front::on_fault(const exchange_topic& topic, const decode_fault& fault) {
  env_.facts.unreadable.publish({topic, fault},
                                [&](std::string_view why) { env_.failed(topic.text(), why); });
}

void mqtt_front::on_no_memory_for(const exchange_topic& topic, const decode_fault& fault) noexcept {
  on_out_of_memory();
  env_.facts.unreadable.publish({topic, fault, true},
                                [&](std::string_view why) { env_.failed(topic.text(), why); });
}

/// The answer is complete, and is sent even if a step fails.
void mqtt_front::on_encoded(const call& to, const answer& what) noexcept { env_.core.note_sent(to, what); }

void mqtt_front::on_sent(const exchange_topic& request, error_code error) {
  env_.counted.count(error ? event::answer_unsent : event::answered);
  if (error) spdlog::debug("the answer under {} could not be sent: {}", request.text(), error.message());
}

void mqtt_front::on_too_large(const exchange_topic& request, std::string_view message) {
  if (!std::exchange(too_large_reported_, true))
    spdlog::warn("{}: {}; further ones are answered 500 and not logged", request.text(), message);
}

void mqtt_front::on_out_of_memory() noexcept { env_.failed({}, "out of memory"); }

}  // namespace mqcoap
