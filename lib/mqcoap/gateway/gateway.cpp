#include <mqcoap/gateway/gateway.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/gateway/steps/request_steps.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <mqcoap/resource/backend/backend_services.hpp>
#include <mqcoap/serve/run_once.hpp>
#include <mqcoap/transport/log.hpp>
#include <utility>

namespace mqcoap {

gateway::gateway(gateway_options options, std::vector<link*> links, const clock& time, alarm& wake,
                 gateway_hooks hooks)
    : options_(std::move(options)),
      links_(std::move(links)),
      time_(time),
      wake_(wake),
      hooks_(std::move(hooks)),
      log_(options_.logged_body, hooks_.log),
      core_(time_, {options_.limits.handler_timeout},
            {[this](log_level, std::string_view why) { report_failure({}, why); },
             [this](std::string_view name, std::string_view why) { report_failure(name, why); },
             [this] { counted_.count(event::handler_late); },
             [this](const call& kept) { return home_of(kept); }, [this] { set_alarm(); }}),
      proxy_(options_.proxy, proxy_environment()),
      returns_(proxy_, counted_, time_),
      default_broker_(*links_.front()),
      state_(hooks_.store != nullptr ? *hooks_.store : memory_, resource_state::default_waiting,
             &facts_.values),
      elsewhere_(proxy_, [this] { set_alarm(); }),
      timers_(time_, [this] { set_alarm(); }),
      topics_(*links_.front(), {time_, options_, counted_, hooks_.notice ? hooks_.notice : spdlog_sink()}),
      events_(events_environment()),
      requests_(requests_environment()),
      services_(make_services()),
      tags_(options_, devices_, proxy_),
      front_(*links_.front(), front_environment()) {
  stats_.configure(options_);
  stats_.follow(facts_);
  follow_requests();
  returns_.begin(links_);
  state_.on_set_aside([this](const cell& of, std::uint64_t number, std::string_view why) {
    report_set_aside(of, number, why);
  });
  restore_state();
  make_first_devices();
  core_.use(make_chain(options_));
  set_places();
  events_.configure(options_, published_by(options_));
  requests_.set_options({options_.limits.handler_timeout});
}

resource_requests::environment gateway::requests_environment() {
  return {time_,
          timers_,
          tags_,
          proxy_,
          stats_,
          [this] { counted_.count(event::handler_late); },
          [this](const call& kept) { return home_of(kept); },
          [this](std::string_view name, std::string_view why) { report_failure(name, why); },
          [this] { on_request_ended(); }};
}

resource_services gateway::make_services() {
  return {time_,
          timers_,
          hooks_.notice ? hooks_.notice : spdlog_sink(),
          elsewhere_,
          hooks_.backends,
          &requests_,
          &events_,
          &topics_,
          [this](std::string_view device, std::string_view path) { report_reading(device, path); }};
}

/// Reports a changed reading. For a device that is not in force yet, the report is postponed: a subscriber
/// that reads the value would get it from the previous device.
void gateway::report_reading(std::string_view device, std::string_view path) {
  if (early_readings_ != nullptr) {
    early_readings_->emplace_back(device, path);
    return;
  }
  facts_.readings.publish({device, path}, [&](std::string_view why) { report_failure(path, why); });
}

event_publisher::environment gateway::events_environment() {
  return {time_,
          tags_,
          stats_,
          counted_,
          facts_,
          [this]() -> link& { return *links_.front(); },
          [this](const call& kept) { return home_of(kept); },
          [this](std::string_view name, std::string_view why) { report_failure(name, why); },
          [this] { wake_soon(); },
          hooks_.notice ? hooks_.notice : spdlog_sink()};
}

proxy::environment gateway::proxy_environment() {
  return {links_,
          time_,
          counted_,
          stats_,
          options_.ns,
          options_.decoding,
          options_.limits,
          [this](const call& original, const answer& late) {
            if (const auto repeats = core_.chain().find<run_once>()) repeats->amend(original, late);
          },
          [this] { report_failure({}, "out of memory"); },
          hooks_.ids};
}

mqtt_front::environment gateway::front_environment() {
  return {core_,
          options_,
          tags_,
          proxy_,
          returns_,
          time_,
          counted_,
          facts_,
          hooks_.notice,
          hooks_.ready,
          hooks_.away,
          [this] { on_request_ended(); },
          [this](std::string_view topic, std::string_view why) { report_failure(topic, why); }};
}

/// Equal steps keep their state, most importantly the memory of answered requests.
std::shared_ptr<const step_chain> gateway::make_chain(const gateway_options& options) {
  return core_.make_chain([&](chain_builder& chain) {
    add_request_steps(chain, options,
                      {core_, time_, tags_, proxy_, stats_, counted_, facts_,
                       [this](std::string_view name, std::string_view why) { report_failure(name, why); },
                       hooks_.writes, hooks_.steps});
  });
}

/// Returns null if there is nothing to create: the device with equal options stays, or it would be empty.
std::shared_ptr<local_device> gateway::make_device(const wanted_device& wanted, state_draft& draft) const {
  const auto& options = *wanted.options;
  auto extra = wanted.is_own ? make_own_documents() : std::vector<extra_resource>{};
  if (wanted.is_bare && extra.empty()) return nullptr;
  if (wanted.stays) {
    const auto before = devices_.find(options.tag.text());
    if (before != devices_.end() && before->second->has_extra() == !extra.empty()) return nullptr;
  }
  draft.clear(options.tag.text());
  auto layout = wanted.layout != nullptr
                    ? wanted.layout
                    : std::make_shared<const device_layout>(options.resources, options.subsystems);
  return std::make_shared<local_device>(options, std::move(layout), services_, draft, std::move(extra));
}

void gateway::make_first_devices() {
  state_draft draft(state_);
  wanted_devices wanted(options_);
  wanted.make_layouts();
  for (const auto& each : wanted.all)
    if (auto made = make_device(each, draft)) devices_.emplace(made->tag(), std::move(made));
  draft.put_in_force();
}

/// Returns the device of a call, to keep it alive: a reload may replace the device before its
/// handler has answered.
std::shared_ptr<const void> gateway::home_of(const call& kept) const {
  const auto device = devices_.find(kept.target.tag());
  return device == devices_.end() ? nullptr : device->second;
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

/// Loads the contents of the store, which may have been opened for this configuration.
void gateway::restore_state() {
  if (hooks_.store != nullptr) state_.restore(hooks_.store->load());
}

void gateway::report_set_aside(const cell& of, std::uint64_t number, std::string_view why) {
  const auto& report = hooks_.notice ? hooks_.notice : spdlog_sink();
  const auto& [device, path, kind] = of.name();
  std::string message = device + '/' + path;
  if (of.find(number) != nullptr)
    message += ": its stored value was set aside, and the configured one is in force: ";
  else
    message.append(": item ").append(std::to_string(number)) += " is removed: ";
  report(log_level::warning, message.append(why));
}

void gateway::set_places() noexcept {
  if (hooks_.backends != nullptr) hooks_.backends->set_exec_places(options_.limits.exec);
}

gateway::~gateway() { abandon(); }

void gateway::start() {
  front_.subscribe();
  topics_.subscribe(*links_.front());
  for (link* l : links_) l->start(*this);
}

void gateway::drain(std::function<void()> done) {
  front_.unsubscribe();
  events_.stop();
  core_.drain(std::move(done));
}

void gateway::abandon() {
  static constexpr char why[] = "the gateway is stopping";
  proxy_.abandon(why);
  state_.abandon();
  requests_.abandon(why);
  core_.abandon(why);
  events_.stop();
}

duplicate_filter::usage gateway::run_once_usage() const {
  const auto repeats = core_.chain().find<run_once>();
  return repeats ? repeats->usage() : duplicate_filter::usage{};
}

void gateway::on_alarm() {
  const auto now = time_.now();
  alarm_at_ = steady_time::max();
  core_.attempt({}, [&] { proxy_.expire(now); });
  core_.attempt({}, [&] { timers_.expire(now); });  // a resource knows better than its core why it is late
  requests_.expire(now);
  core_.expire(now);
  core_.attempt({}, [&] { events_.expire(now); });
  retire();
  core_.attempt({}, [&] { set_alarm(); });
}

void gateway::set_alarm() {
  const auto now = time_.now();
  auto next = std::min({proxy_.next_deadline(), core_.next_deadline(), timers_.next_deadline(),
                        front_.next_deadline(now), events_.next_deadline(), requests_.next_deadline()});
  for (const auto& each : leaving_links_)
    if (each.deadline > now) next = std::min(next, each.deadline);
  if (next >= alarm_at_) return;  // an early alarm costs less than moving it after every answer
  wake_.wake_at(next);
  alarm_at_ = next;  // set last: if allocating the alarm fails, the next message tries to set it again
}

void gateway::wake_soon() {
  const auto now = time_.now();
  wake_.wake_at(now);
  alarm_at_ = now;
}

void gateway::on_link_up(link& l) noexcept {
  report_link(l, nullptr);
  front_.on_link_up(l);
  core_.attempt({}, [&] {
    if (default_broker_.on_link_up(l)) leave_broker();
    topics_.on_link_up(l);
  });
  proxy_.on_link_up(l);
  if (&l == links_.front()) events_.on_link_up();
}

void gateway::on_link_down(link& l, const outage_cause& why) noexcept {
  report_link(l, &why);
  front_.on_link_down(l);
  core_.attempt({}, [&] { topics_.on_link_down(l); });
  proxy_.on_link_down(l, why.message());
}

void gateway::on_message(link& l, const inbound& m) noexcept try {
  if (hooks_.may_serve && !hooks_.may_serve()) return;
  auto topic = exchange_topic::parse(m.topic);
  // A message under a topic of requests and answers is never data of a resource.
  const bool is_own = topic && topic->ns() == options_.ns.text();
  if (!is_own && topics_.on_message(l, m)) return;
  if (!topic) return drop(event::foreign_topic, m.topic);
  if (m.retained) return drop(event::retained, m.topic);
  if (topic->which() == exchange_topic::kind::response) {
    front_.on_response(l, *topic);
    proxy_.on_response(l, *topic, m.payload);
  } else if (!front_.on_request(l, *std::move(topic), m)) {
    return drop(event::unknown_tag, m.topic);
  }
  set_alarm();
} catch (const std::exception& e) {
  report_failure(m.topic, e.what());
}

void gateway::follow_requests() {
  logged_.push_back(facts_.written.subscribe(
      [this](const answer_written& fact) { log_.answer(fact.to, fact.what, time_); }));
  logged_.push_back(facts_.unreadable.subscribe([this](const request_unreadable& fact) {
    if (!fact.out_of_memory) log_.fault(fact.topic, fact.fault);
  }));
}

void gateway::report_link(const link& l, const outage_cause* why) noexcept {
  if (is_kept(l))
    facts_.links.publish({l.name(), time_.now(), why},
                         [this](std::string_view failure) { report_failure({}, failure); });
}

/// Wakes the gateway, because links and devices that a reload removed may have waited for this request.
void gateway::on_request_ended() noexcept {
  if (leaving_links_.empty() && leaving_devices_.empty() && !front_.leaving()) return;
  core_.attempt({}, [this] { wake_soon(); });
}

/// Logs at most one line per second, and swallows exceptions: memory may be exhausted.
void gateway::report_failure(std::string_view topic, std::string_view why) noexcept try {
  const auto held_back = failure_lines_.pass(time_.now());
  if (!held_back) return;
  const auto more = *held_back == 0 ? "" : "; " + std::to_string(*held_back) + " similar lines were left out";
  spdlog::error("a message{}{} could not be handled: {}{}", topic.empty() ? "" : " under ", log_safe(topic),
                why, more);
} catch (...) {
  // Out of memory: the line is not logged.
}

void gateway::drop(event why, std::string_view topic) {
  // Logs only the first retained message as a warning, so that a flood of them does not fill the log.
  const auto level =
      counted_[why] == 0 && why == event::retained ? spdlog::level::warn : spdlog::level::debug;
  counted_.count(why);
  spdlog::log(level, "dropped ({}): {}", to_string(why), log_safe(topic));
}

}  // namespace mqcoap
