#include <mqcoap/gateway/event_publisher.hpp>

#include <algorithm>
#include <map>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/gateway/event_decision.hpp>
#include <mqcoap/gateway/event_topic.hpp>
#include <mqcoap/gateway/steps/local_resources.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/serve/admission.hpp>
#include <utility>

namespace mqcoap {
namespace {

using namespace std::chrono_literals;

/// An event that is not sent within this time is dropped.
constexpr auto freshness = 1s;
/// The maximum length in bytes of the reason why a resource cannot be read.
constexpr std::size_t longest_text = 300;
/// The maximum number of retained events that wait for a connection to be removed; further ones stay
/// at the broker.
constexpr std::size_t most_leftovers = 4096;

/// Returns the first time on the grid after `now`.
steady_time next_on_grid(steady_time last, std::chrono::milliseconds every, steady_time now) {
  const auto behind = now - last;
  return last + (behind / every + 1) * every;
}

}  // namespace

/// The origin of a reading, which receives the value.
class event_publisher::reading_origin final : public call_origin {
 public:
  reading_origin(event_publisher& by, std::shared_ptr<source> from) : by_(by), from_(std::move(from)) {}

  std::string_view name() const noexcept override { return from_->path; }
  void send(const call& /*to*/, const answer& what) override { by_.take(*from_, what); }
  void ended() noexcept override {
    from_->is_reading = false;
    if (from_->is_due) by_.hurry();  // it has changed during the reading
  }

 private:
  event_publisher& by_;  ///< its core serves the call
  const std::shared_ptr<source> from_;
};

event_publisher::event_publisher(environment env)
    : env_(std::move(env)),
      core_(env_.time, {},
            {[failed = env_.failed](log_level, std::string_view why) { failed({}, why); },
             env_.failed,
             {},
             env_.home}) {
  core_.compose([this](chain_builder& chain) {
    chain.add<admission>({}, core_);
    chain.add<local_resources>({}, env_.tags, env_.stats);
  });
}

void event_publisher::keep(const gateway_options& options) {
  core_.set_options({options.limits.handler_timeout});
  remove_leftovers();
}

void event_publisher::configure(const gateway_options& options,
                                const std::vector<published_resource>& published) {
  core_.set_options({options.limits.handler_timeout});
  ns_ = options.ns;
  std::map<std::pair<std::string_view, std::string_view>, std::shared_ptr<source>> before;
  for (const auto& each : sources_) before.emplace(key_of(*each), each);
  std::vector<std::shared_ptr<source>> wanted;
  for (const auto& [device, resource] : published) {
    auto made = make(*device, *resource, options.ns);
    const auto known = before.find(key_of(*made));
    const bool is_same = known != before.end() && known->second->how == made->how &&
                         known->second->topic.text() == made->topic.text();
    wanted.push_back(is_same ? known->second : std::move(made));
  }
  for (const auto& each : sources_) each->is_over = true;
  sources_ = std::move(wanted);
  for (const auto& each : sources_) each->is_over = false;
  index_changes();
  note_leftovers();
  remove_leftovers();
  due_at_ = find_next();
}

void event_publisher::note_leftovers() {
  std::set<std::string> kept;
  for (const auto& each : sources_) {
    if (!each->how.retain) continue;
    const auto topic = each->topic.text();
    leftovers_->erase(topic);
    if (retained_.erase(topic) > 0) kept.insert(topic);
  }
  for (const auto& gone : std::exchange(retained_, std::move(kept)))
    if (leftovers_->size() < most_leftovers) leftovers_->insert(gone);
}

void event_publisher::remove_leftovers() {
  const auto all = *leftovers_;
  for (const auto& topic : all)
    env_.via().publish(topic, {}, env_.time.now() + freshness, {.retain = true},
                       [topic, left = std::weak_ptr(leftovers_)](error_code failed) {
                         if (const auto still = left.lock(); still && !failed) still->erase(topic);
                       });
}

void event_publisher::index_changes() {
  changing_.clear();
  for (const auto& each : sources_)
    if (each->how.on_change) changing_.emplace(key_of(*each), each);
  if (changing_.empty()) {
    changes_ = {};
  } else if (changes_.empty()) {
    changes_.push_back(env_.facts.values.subscribe(
        [this](const cell_changed& fact) { note_change(fact.of.name().device, fact.of.name().path); }));
    changes_.push_back(env_.facts.readings.subscribe(
        [this](const reading_changed& fact) { note_change(fact.device, fact.path); }));
  }
}

std::shared_ptr<event_publisher::source> event_publisher::make(const device_options& device,
                                                               const resource_options& resource,
                                                               const namespace_name& ns) const {
  const auto& how = *resource.events;
  auto topic = event_topic(ns, device.subsystems, device.tag, resource.path);
  return std::make_shared<source>(source{device.tag.text(), resource.path, topic.subsystem.text(), how,
                                         std::move(topic), how.every ? env_.time.now() : steady_time::max(),
                                         !how.every});
}

void event_publisher::note_change(std::string_view device, std::string_view path) {
  const auto found = changing_.find(std::pair(device, path));
  if (found == changing_.end()) return;
  found->second->is_due = true;
  hurry();  // runs after the request that changes it
}

/// Requests a call of `expire` at once. Does nothing after `stop`: a change that is stored later would
/// otherwise trigger the alarm again and again.
void event_publisher::hurry() noexcept {
  if (stopped_) return;
  due_at_ = steady_time{};
  core_.attempt({}, [this] { env_.due(); });
}

void event_publisher::on_link_up() noexcept {
  core_.attempt({}, [this] { remove_leftovers(); });
  for (const auto& each : sources_) {
    if (!each->how.every) each->is_due = true;
    each->last.reset();  // a restarted broker has lost its retained messages
  }
  if (!sources_.empty()) hurry();
}

void event_publisher::forget_retained() noexcept {
  retained_.clear();
  leftovers_->clear();
}

void event_publisher::expire(steady_time now) {
  if (now < due_at_) return;
  core_.expire(now);
  const auto present = sources_;
  for (const auto& each : present) {
    const bool is_time = each->next <= now;
    if (is_time) each->next = next_on_grid(each->next, *each->how.every, now);
    if (!is_time && !each->is_due) continue;
    if (each->is_reading) continue;  // a slow resource skips intervals; after a change it is read again
    each->is_due = false;
    core_.attempt(each->path, [&] { read(each); });
  }
  due_at_ = find_next();
}

steady_time event_publisher::find_next() const noexcept {
  auto next = core_.next_deadline();
  for (const auto& each : sources_) {
    if (each->is_due && !each->is_reading) return steady_time{};
    next = std::min(next, each->next);
  }
  return next;
}

void event_publisher::stop() noexcept {
  stopped_ = true;
  changes_ = {};
  core_.abandon("the gateway is stopping");
  due_at_ = steady_time::max();
}

void event_publisher::read(const std::shared_ptr<source>& from) {
  auto made = std::make_unique<call>(
      call{call_target(from->topic.tag, from->topic.subsystem),
           request{.verb = method::get, .path = from->topic.path, .id = ids_.next()}, env_.time.now()});
  made->origin = std::make_shared<reading_origin>(*this, from);
  from->is_reading = true;
  core_.serve(std::move(made));
}

void event_publisher::take(source& from, const answer& what) {
  if (from.is_over) return;
  if (what.code != response_code::content) return note_unread(from, what);
  if (std::exchange(from.is_silent, false) && env_.log)
    env_.log(log_level::info, from.device + ", " + from.path + ": it can be read again, and has events");
  if (is_worth_publishing(from.how, what.body, from.last)) publish(from, what.body);
}

/// Counts and logs a failed reading. A resource without `every` is not logged: it is read after its changes,
/// and may not have a value between them.
void event_publisher::note_unread(source& from, const answer& why) {
  env_.counted.count(event::event_unread);
  if (stopped_ || !from.how.every || !env_.log || from.is_silent || !from.silent_lines.pass(env_.time.now()))
    return;
  from.is_silent = true;
  const auto message =
      why.body.is_string() ? decode_json_string(why.body.text()) : std::string(to_string(why.code));
  env_.log(log_level::warning, from.device + ", " + from.path +
                                   ": no events while it cannot be read: " + log_safe(message, longest_text));
}

void event_publisher::publish(source& from, const json_text& value) {
  if (send(from.topic, value, from.how.retain)) {
    from.last.reset();  // the next value is published in any case
    return;
  }
  from.last = value;
  if (from.how.retain) retained_.insert(from.topic.text());
}

error_code event_publisher::send_event(const resource_event& what) {
  const general_topic under(ns_.value(), what.subsystem, general_topic::kind::event, what.tag, what.path);
  return send(under, what.body, false);
}

error_code event_publisher::send(const general_topic& under, const json_text& value, bool retain) {
  std::string payload;
  encode(payload, general{value, env_.time.wall()});
  const auto error =
      env_.via().publish(under.text(), payload, env_.time.now() + freshness, {.retain = retain});
  env_.counted.count(error ? event::event_unsent : event::event_published);
  return error;
}

}  // namespace mqcoap
