#include <mqcoap/gateway/gateway.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/base/units.hpp>
#include <mqcoap/gateway/gateway_intake.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/serve/outcome_words.hpp>
#include <mqcoap/state/memory_store.hpp>
#include <mqcoap/state/state_draft.hpp>
#include <mqcoap/transport/log.hpp>
#include <new>
#include <utility>

namespace mqcoap {
namespace {

constexpr std::string_view forward_subsystem = "proxy";

/// The end of the chain: a tag that is served, by none of its steps.
void answer_nothing_here(responder r) {
  const std::string words =
      std::string(r->topic.tag()) + " has no resources; it only forwards, under the subsystem 'proxy'";
  std::move(r).refuse(response_code::not_found, words);
}

/// 504, without the words if there is no memory for them.
template <class Words>
answer unanswered(const Words& words) noexcept {
  try {
    return answer::error(response_code::gateway_timeout, words());
  } catch (const std::bad_alloc&) {
    answer without_words;
    without_words.code = response_code::gateway_timeout;
    return without_words;
  }
}

}  // namespace

gateway::gateway(gateway_options options, std::vector<link*> links, const clock& time, alarm& wake,
                 gateway_hooks hooks, std::unique_ptr<state_store> store)
    : options_(std::move(options)),
      links_(std::move(links)),
      time_(time),
      wake_(wake),
      hooks_(std::move(hooks)),
      log_(options_.logged_body, hooks_.log),
      intake_(std::make_shared<intake>(*this, *links_.front())),
      rivals_(hooks_.notice ? hooks_.notice : spdlog_sink()),
      proxy_(options_.proxy,
             {links_, time_, counted_, stats_, options_.ns, options_.decoding, options_.limits,
              [this](const call& asked, const answer& late) { seen_.amend(asked, late); },
              [this] { on_out_of_memory(); }, hooks_.ids}),
      returns_(proxy_, counted_, time_),
      store_(store ? std::move(store) : std::make_unique<memory_store>()),
      state_(*store_),
      elsewhere_(proxy_),
      timers_(time_, [this] { set_alarm(); }),
      services_{time_, timers_, hooks_.notice ? hooks_.notice : spdlog_sink(), elsewhere_},
      chain_(answer_nothing_here, [this](log_level, std::string_view why) { tell_failure({}, why); }),
      sender_(time_, *this) {
  stats_.configure(options_);
  returns_.begin(links_);
  state_draft draft(state_);
  devices_ = make_devices(options_, draft);
  draft.put_in_force();
  compose_chain();
}

/// Those that are not there already, just as they are to be: for these, a null.
gateway::device_map gateway::make_devices(const gateway_options& options, state_draft& draft) {
  device_map made;
  const auto& forward = options.proxy.forward;
  const auto add = [&](const device_options& device, bool own) {
    auto extra = own ? make_own_documents() : std::vector<extra_resource>{};
    const auto at = devices_.find(device.tag.text());
    const auto* before = at == devices_.end() ? nullptr : at->second.get();
    const bool same =
        before != nullptr && before->options() == device && before->has_extra() == !extra.empty();
    if (same) draft.keep(device.tag.text());
    made.emplace(device.tag.text(),
                 same ? nullptr : std::make_shared<local_device>(device, services_, draft, std::move(extra)));
  };
  for (const auto& device : options.devices)
    add(device, forward ? device.tag.text() == forward->text() : &device == &options.devices.front());
  if (forward && hooks_.document && !made.contains(forward->text())) add({*forward, {}, {}, {}}, true);
  return made;
}

std::vector<extra_resource> gateway::make_own_documents() const {
  std::vector<extra_resource> made;
  if (!hooks_.document) return made;
  for (const auto& d : own_documents)
    made.push_back(
        {{std::string(d.path), {method::get}, "document", {}, std::string(d.title)},
         std::make_shared<document_resource>([this, which = d.which] { return hooks_.document(which); })});
  return made;
}

gateway::~gateway() { abandon(); }

void gateway::start() {
  subscribe_requests();
  for (link* l : links_) l->start(*this);
}

std::vector<std::string> gateway::request_filters() const {
  const auto served = proxy_.routes().served_tags();
  // Overlapping subscriptions may bring a message twice: with a pattern, the one filter takes all.
  if (!served) return {all_requests_filter(options_.ns)};
  std::vector<std::string> filters;
  for (const auto& tag : named_tags())
    filters.push_back(request_filter(options_.ns, *device_tag::parse(tag)));
  return filters;
}

/// The tags that are served, but for those that only a pattern matches.
std::vector<std::string> gateway::named_tags() const {
  std::vector<std::string> tags;
  for (const auto& device : options_.devices) tags.push_back(device.tag.text());
  const auto& forward = options_.proxy.forward;
  if (forward && std::find(tags.begin(), tags.end(), forward->text()) == tags.end())
    tags.push_back(forward->text());
  if (const auto served = proxy_.routes().served_tags())
    for (const auto& tag : *served)
      if (!devices_.contains(tag)) tags.push_back(tag);
  return tags;
}

/// Under another text than the proxy's filters: a broker keeps one subscription for each text.
void gateway::watch_for_rivals() {
  std::vector<std::string> filters;
  for (const auto& tag : named_tags()) filters.push_back(options_.ns.text() + "/+/response/" + tag + "/#");
  serves_patterns_ = !proxy_.routes().served_tags();
  intake_->via->subscribe_to_others(std::move(filters));
  rivals_.keep_only([this](std::string_view tag) { return serves(tag); });
}

/// True for an answer that another gave to a request that is for us to answer.
bool gateway::is_rival(const link& l, const exchange_topic& response) {
  const auto tag = response.tag();
  const bool named = devices_.find(tag) != devices_.end() || is_forward_tag(tag) ||
                     (!serves_patterns_ && proxy_.routes().serves(tag));
  return named && &l == intake_->via && response.ns() == options_.ns.text() &&
         leaving_intakes_.empty() &&  // else it may be ours, by the other link
         // A route leads back here: then our own answers come back as well, and cannot be told apart.
         !proxy_.listens_to(l.name() + '/' + options_.ns.text() + '/' + std::string(tag)) &&
         !proxy_.has_asked(response);
}

void gateway::on_requests_subscribed(intake& from, const std::string& filter, error_code ec) {
  if (ec) spdlog::error("no requests will come under {}: {}", filter, ec.message());
  from.drop_outdated();
  settle_intakes();
  if (!ec && &from == intake_.get() && subscribed() && hooks_.ready) hooks_.ready();
}

bool gateway::subscribed() const noexcept {
  return std::all_of(intake_->requests.begin(), intake_->requests.end(),
                     [](const standing_subscription& each) { return each.confirmed(); });
}

void gateway::drain(std::function<void()> done) {
  drained_ = std::move(done);
  intake_->unsubscribe();
  for (auto& each : leaving_intakes_) each.from->unsubscribe();
  check_drained();
}

void gateway::abandon() {
  static constexpr char why[] = "the gateway is stopping";
  proxy_.abandon(why);
  state_.abandon();
  open_.end_all([](const call& c) { return unanswered([&] { return why + may_have_run(c); }); });
}

void gateway::on_alarm() {
  alarm_at_ = steady_time::max();
  attempt({}, [this] { proxy_.expire(time_.now()); });
  attempt({}, [this] { open_.expire(time_.now(), [this](const call& c) { return late_handler(c); }); });
  attempt({}, [this] { timers_.expire(time_.now()); });
  rivals_.expire(time_.now());
  seen_.forget_old(time_.now());
  retire();
  set_alarm();
}

void gateway::set_alarm() {
  // Requests that are remembered are forgotten as others come; the last ones need an alarm.
  auto next = std::min({proxy_.next_deadline(), open_.next_deadline(), timers_.next_deadline(),
                        rivals_.next_end(), seen_.all_old_at()});
  for (const auto& each : leaving_intakes_)
    if (each.patience > time_.now()) next = std::min(next, each.patience);
  for (const auto& each : leaving_links_)
    if (each.patience > time_.now()) next = std::min(next, each.patience);
  if (next >= alarm_at_) return;  // an alarm that comes too early costs less than moving it at every answer
  alarm_at_ = next;
  wake_.wake_at(next);
}

void gateway::on_link_up(link& l) noexcept {
  if (is_kept(l)) stats_.broker_up(l.name(), time_.now());
  if (auto* const from = intake_of(l))
    for (auto& each : from->requests) each.ask();
  proxy_.on_link_up(l);
}

void gateway::on_link_down(link& l, const outage_cause& why) noexcept {
  if (is_kept(l)) stats_.broker_down(l.name(), why, time_.now());
  if (auto* const from = intake_of(l)) {
    for (auto& each : from->requests) each.on_link_down();
    from->outdated.clear();
  }
  if (&l == intake_->via) {
    if (!leaving_intake_asks()) twins_.end();
    if (hooks_.away) hooks_.away();
  }
  proxy_.on_link_down(l, why.words());
}

void gateway::on_message(link& l, const inbound& m) noexcept try {
  auto topic = exchange_topic::parse(m.topic);
  if (!topic) return drop(event::foreign_topic, m.topic);
  if (m.retained) return drop(event::retained, m.topic);
  if (topic->which() == exchange_topic::kind::response) {
    if (is_rival(l, *topic)) rivals_.note_answer(topic->tag(), time_.now());
    proxy_.on_response(l, *topic, m.payload);
  } else if (auto* const from = intake_of(l);
             from != nullptr && topic->ns() == options_.ns.text() && serves(topic->tag())) {
    if (!twins_.is_twin(m.topic, time_.now())) take_request(*from, *std::move(topic), m);
  } else {
    return drop(event::unknown_tag, m.topic);
  }
  set_alarm();
} catch (const std::exception& e) {
  tell_failure(m.topic, e.what());
}

bool gateway::is_forward_tag(std::string_view tag) const noexcept {
  return options_.proxy.forward && options_.proxy.forward->text() == tag;
}

bool gateway::serves(std::string_view tag) const noexcept {
  return devices_.find(tag) != devices_.end() || is_forward_tag(tag) || proxy_.routes().serves(tag);
}

void gateway::take_request(intake& from, exchange_topic topic, const inbound& m) {
  std::unique_ptr<call> c;
  try {
    c = admit(from, std::move(topic), m);
  } catch (const std::bad_alloc&) {
    return refuse_for_memory(*from.via, m.topic);
  }
  if (!c) return;
  // From here on, whatever happens, the responder answers.
  ++in_flight_;
  ++from.in_flight;
  auto& asked = *c;
  in_chain_ = &asked;
  chain_.run(responder(std::move(c), from.weak_from_this()));
  if (std::exchange(in_chain_, nullptr) != nullptr) keep_open(from, asked);
}

/// A handler has kept the call. The proxy has deadlines of its own.
void gateway::keep_open(intake& from, call& c) noexcept {
  if (c.has_deadline) return;
  auto wait = options_.limits.handler_timeout;
  if (const auto patience = c.req.options->timeout) wait = std::min(wait, *patience);
  // A reload may replace the device before its handler has answered.
  const auto device = devices_.find(c.topic.tag());
  attempt(c.topic.text(), [&] {
    open_.add(c, c.received + wait, from, device == devices_.end() ? nullptr : device->second);
  });
}

answer gateway::late_handler(const call& c) {
  counted_.count(event::handler_late);
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(time_.now() - c.received);
  return unanswered([&] {
    return std::string(c.topic.tag()) + '/' + std::string(c.topic.subsystem()) + '/' +
           std::string(c.asked().path.key()) + " did not answer within " + to_string(waited) +
           may_have_run(c);
  });
}

/// Null if the request is not to be run; then it has been dealt with.
std::unique_ptr<call> gateway::admit(intake& from, exchange_topic topic, const inbound& m) {
  const bool ends_here = devices_.find(topic.tag()) != devices_.end() || is_forward_tag(topic.tag());
  auto returned = returns_.look_for_hop(*from.via, topic, ends_here);
  if (returned == return_watch::verdict::caught) return nullptr;
  auto decoded = decode_request(m.payload, topic.id(), options_.decoding);
  if (!decoded) {
    log_.fault(topic, decoded.error());
    stats_.count_fault(topic.tag(), decoded.error().code);
    sender_.send(*from.via, topic, decoded.error());
    return nullptr;
  }
  if (returned == return_watch::verdict::foreign)
    returned = returns_.look_at_source(*from.via, topic, *decoded);
  if (returned == return_watch::verdict::caught) return nullptr;
  // What lay unread counts against the caller's patience, and against the time of a route.
  auto c = std::make_unique<call>(call{std::move(topic), *std::move(decoded), time_.now() - m.waited});
  const auto refusal = returned == return_watch::verdict::loop ? came_back() : reason_to_refuse(*c, m.waited);
  // A repeat belongs to its first request also when new ones are refused: it must not get a second answer.
  if (c->req.verb != method::get && !pass_duplicate_filter(*from.via, *c, !refusal)) return nullptr;
  if (!refusal) return c;
  if (refusal->code == response_code::gateway_timeout) counted_.count(event::request_stale);
  refuse(*from.via, *c, *refusal);
  return nullptr;
}

/// Answers a program that uses the gateway's client id as its source; the gateway's own callers are answered
/// by their hops.
std::optional<answer> gateway::came_back() {
  return answer::refusal(
      response_code::bad_gateway,
      "the source of this request is a client id of this gateway: it sent the request itself, and "
      "does not forward it again");
}

std::optional<answer> gateway::reason_to_refuse(const call& c, std::chrono::nanoseconds waited) const {
  if (drained_)
    return answer::refusal(response_code::service_unavailable, "the gateway is stopping; try again later");
  const auto patience = c.req.options->timeout;
  if (!patience || waited < *patience) return std::nullopt;
  const auto gap = std::chrono::duration_cast<std::chrono::milliseconds>(waited);
  return answer::refusal(response_code::gateway_timeout, "the gateway did not run for " + to_string(gap) +
                                                             ", longer than this request waits (" +
                                                             to_string(*patience) + "); it was not run");
}

/// True if the request is to be run; else it has been dealt with.
bool gateway::pass_duplicate_filter(link& via, call& c, bool enter) {
  using verdict = duplicate_filter::verdict;
  const auto found = seen_.check(c, time_.now(), enter);
  if (found.what == verdict::running || found.what == verdict::answered)
    counted_.count(event::request_repeated);
  if (found.what == verdict::answered) sender_.send(via, c, *found.first);
  if (const auto refusal = refusal_of(found.what)) refuse(via, c, *refusal);
  return found.what == verdict::fresh;
}

void gateway::refuse_for_memory(link& via, std::string_view topic) {
  on_out_of_memory();
  const auto request = exchange_topic::parse(topic);
  if (!request) return;
  stats_.count_fault(request->tag(), response_code::service_unavailable);
  sender_.send(via, *request, out_of_memory_fault());
}

/// Each step takes the requests that are its own and leaves the rest to the next.
void gateway::compose_chain() {
  using step = void (gateway::*)(responder&);
  const auto add = [this](std::string name, step process) {
    chain_.add({std::move(name), {}, [this, process](responder& r) { (this->*process)(r); }});
  };
  add("forward by proxy_uri", &gateway::forward_by_uri);
  add("forward by path", &gateway::forward_by_path);
  add("local resources", &gateway::answer_locally);
  add("reverse by tag", &gateway::reverse_by_tag);
}

void gateway::forward_by_uri(responder& r) {
  if (!r.req().options->proxy_uri) return;
  const address to = *r.req().options->proxy_uri;
  const std::string tag(r->topic.tag());
  stats_.set_role(r.account(), request_role::forward, tag);
  if (is_forward_tag(tag)) return proxy_.forward(std::move(r), to);
  std::move(r).refuse(response_code::proxying_not_supported,
                      tag + " does not forward: it takes no proxy_uri");
}

void gateway::forward_by_path(responder& r) {
  if (r->topic.subsystem() != forward_subsystem || !is_forward_tag(r->topic.tag())) return;
  const auto to = address::parse(r.req().path.key(), options_.decoding.limits.path);
  if (to) return proxy_.forward(std::move(r), *to);
  stats_.set_role(r.account(), request_role::forward, r->topic.tag());
  std::move(r).refuse(response_code::bad_request,
                      "header.path under the subsystem 'proxy' must be TAG/SUBSYSTEM/PATH");
}

void gateway::answer_locally(responder& r) {
  const auto device = devices_.find(r->topic.tag());
  if (device == devices_.end()) return;
  stats_.set_role(r.account(), request_role::local, device->first);
  if (r->topic.subsystem() != forward_subsystem) return device->second->handle(std::move(r));
  const std::string words = device->first + " does not forward: the subsystem 'proxy' is not served";
  std::move(r).refuse(response_code::proxying_not_supported, words);
}

void gateway::reverse_by_tag(responder& r) {
  if (proxy_.routes().serves(r->topic.tag())) proxy_.reverse(std::move(r));
}

/// If one step fails (out of memory), the others are done all the same: a stop must not wait for ever.
void gateway::reply(intake& from, call& answered, answer&& what) noexcept {
  if (in_chain_ == &answered)
    in_chain_ = nullptr;
  else
    open_.remove(answered);
  --in_flight_;
  --from.in_flight;
  const auto& topic = answered.topic.text();
  attempt(topic, [&] { stats_.count_answer(answered, what.code, time_.now() - answered.received); });
  attempt(topic, [&] { sender_.send(*from.via, answered, what); });
  attempt(topic, [&] {
    for (const auto& repeat : seen_.note(answered, what))
      attempt(topic, [&] { sender_.send(*from.via, repeat, what); });
  });
  attempt(topic, [&] {
    if (!leaving_links_.empty() || !leaving_intakes_.empty() || !leaving_devices_.empty()) wake_soon();
  });
  attempt(topic, [&] { check_drained(); });
}

/// Tells of what an action throws.
template <class Action>
void gateway::attempt(std::string_view topic, Action&& action) noexcept try {
  action();
} catch (const std::exception& e) {
  tell_failure(topic, e.what());
}

/// Answers a request that was never run.
void gateway::refuse(link& via, const call& c, const answer& what) {
  stats_.count_refusal(c, what.code);
  sender_.send(via, c, what);
}

/// The answer is ready, and is sent also if its line of the log fails.
void gateway::on_encoded(const call& to, const answer& what) noexcept {
  attempt(to.topic.text(), [&] { log_.answer(to, what, time_); });
}

void gateway::on_sent(const exchange_topic& request, error_code error) {
  counted_.count(error ? event::answer_unsent : event::answered);
  if (error) spdlog::debug("the answer under {} could not be sent: {}", request.text(), error.message());
}

void gateway::on_too_large(const exchange_topic& request, std::string_view words) {
  if (!std::exchange(too_large_told_, true))
    spdlog::warn("{}: {}; further ones are answered 500 and not logged", request.text(), words);
}

void gateway::on_out_of_memory() noexcept { tell_failure({}, "out of memory"); }

/// A line a second at most, and none rather than an exception: memory may be what is missing.
void gateway::tell_failure(std::string_view topic, std::string_view why) noexcept try {
  const auto held_back = failure_lines_.pass(time_.now());
  if (!held_back) return;
  const auto more =
      *held_back == 0 ? "" : "; " + std::to_string(*held_back) + " lines like this were left out";
  spdlog::error("a message{}{} could not be handled: {}{}", topic.empty() ? "" : " under ", log_safe(topic),
                why, more);
} catch (...) {
  // Then the line is missing as well.
}

void gateway::drop(event why, std::string_view topic) {
  // The first one is worth a person's attention, a flood of them is not.
  const auto level =
      counted_[why] == 0 && why == event::retained ? spdlog::level::warn : spdlog::level::debug;
  counted_.count(why);
  spdlog::log(level, "dropped ({}): {}", to_string(why), log_safe(topic));
}

void gateway::check_drained() {
  if (!drained_ || in_flight_ > 0) return;
  std::exchange(drained_, [] {})();
}

}  // namespace mqcoap
