#include <mqcoap/resource/action/action.hpp>

#include <boost/json/object.hpp>
#include <mqcoap/resource/action/exec_step.hpp>
#include <mqcoap/resource/action/publish_step.hpp>
#include <mqcoap/resource/backend/program_check.hpp>
#include <mqcoap/resource/conditions.hpp>
#include <mqcoap/resource/exec/exec_pool.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <mqcoap/resource/write.hpp>
#include <mqcoap/schema/json_compare.hpp>
#include <mqcoap/schema/json_excerpt.hpp>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace mqcoap {
namespace {

bool holds(const boost::json::value& expected, const boost::json::value& actual) {
  if (!expected.is_object() || !actual.is_object()) return equal_json(expected, actual);
  for (const auto& member : expected.get_object()) {
    const auto* found = actual.get_object().if_contains(member.key());
    if (found == nullptr || !equal_json(member.value(), *found)) return false;
  }
  return true;
}

std::shared_ptr<cell> named_value(resource_site& at, const std::string& path) {
  if (auto value = at.value_at(path)) return value;
  throw std::invalid_argument(at.device() + ": an action names '" + path + "', which is not a value");
}

/// Returns the service that a step needs. Throws std::invalid_argument if there is none.
template <class Service>
Service& needed_by(const resource_site& at, Service* service, std::string_view step) {
  if (service != nullptr) return *service;
  throw std::invalid_argument(at.path() + ": the step '" + std::string(step) + "' is not possible here");
}

action_run::step_list make_steps(const action_options& options, const resource_site& at) {
  const auto& services = at.services();
  action_run::step_list steps;
  if (options.exec) {
    steps.push_back(std::make_unique<exec_step>(
        std::make_shared<exec_backend>(*options.exec, at.path(), exec_pool::open(at))));
    warn_of_missing(options.exec->program, at);
  }
  if (options.request)
    steps.push_back(std::make_unique<request_step>(
        *options.request, needed_by(at, services.requests, "request"), services.time));
  if (options.publish) {
    const auto& [name, body] = *options.publish;
    steps.push_back(std::make_unique<publish_step>(
        resource_event{at.event_subsystem(), device_tag::parse(at.device()).value(), name, body},
        needed_by(at, services.events, "publish")));
  }
  return steps;
}

/// Prefixes an error message with the name of a step.
void name_step(answer& error, std::string_view step) {
  const auto& message = error.body;
  if (message.is_string())
    error.body = json_text::from_string(std::string(step) + ": " + decode_json_string(message.text()));
}

}  // namespace

void action_options::make(resource_site& at) const {
  std::vector<action_resource::condition> needed;
  for (const auto& [path, expected] : when) needed.push_back({path, named_value(at, path), expected.value()});
  std::vector<action_resource::assignment> stored;
  for (const auto& [path, value] : set) stored.push_back({named_value(at, path), value});
  at.serve(at.path(),
           std::make_shared<action_resource>(std::move(needed), std::move(stored), at.draft().state(),
                                             further_steps{make_steps(*this, at), &at.services(), schema}));
}

std::vector<std::string> action_options::conditions() const {
  std::vector<std::string> paths;
  for (const auto& each : when) paths.push_back(each.path);
  return paths;
}

action_resource::action_resource(std::vector<condition> when, std::vector<assignment> set,
                                 resource_state& state, further_steps then)
    : rules_(std::make_shared<rules>(rules{std::move(when), std::move(set)})),
      state_(state),
      cells_(cells_of(*rules_)),
      steps_(std::make_shared<const action_run::step_list>(std::move(then.list))),
      services_(then.services),
      schema_(std::move(then.schema)) {}

cell_list action_resource::cells_of(const rules& known) {
  cell_list cells;
  for (const auto& each : known.when) cells.push_back(each.value);
  for (const auto& each : known.set) cells.push_back(each.value);
  return cells;
}

void action_resource::handle(responder&& r) {
  if (auto refused = refuse(*r)) return std::move(r).respond(*std::move(refused));
  write(
      state_, cells_, std::move(r),
      [known = rules_](const call&, change_list& changes) { return decide(*known, changes); },
      [self = weak_from_this(), known = rules_, has_steps = !steps_->empty()](responder&& caller,
                                                                              answer&& what) {
        const bool is_unstored = is_error(what.code) && what.code != response_code::precondition_failed;
        if (is_unstored && !known->set.empty()) name_step(what, "set");
        if (is_error(what.code) || !has_steps) return std::move(caller).respond(std::move(what));
        if (const auto action = self.lock()) return action->go_on(std::move(caller));
        std::move(caller).fail(response_code::service_unavailable, "the action has ended");
      });
}

/// Validates the call, and checks the number of runs, before anything is done.
std::optional<answer> action_resource::refuse(const call& requested) const {
  if (auto refused = refuse_method(requested.req, {method::post})) return refused;
  if (!requested.req.body.is_null())
    if (auto refused = refuse_content_format(requested.req)) return refused;
  if (auto refused = refuse_body(find_fault(requested.req.body, schema_))) return refused;
  for (const auto& each : *steps_)
    if (const auto why = each->refuse(requested))
      return answer::refusal(why->code, std::string(each->name()) + ": " + why->message);
  if (under_way_.size() < most_runs) return std::nullopt;
  return answer::refusal(
      response_code::service_unavailable,
      "the action is already running " + std::to_string(most_runs) + " times; try again later");
}

answer action_resource::decide(const rules& known, change_list& changes) {
  for (const auto& needed : known.when) {
    const auto& held = needed.value->current();
    if (holds(needed.expected, held.value())) continue;
    return answer::refusal(response_code::precondition_failed,
                           "when: " + needed.path + " is " + excerpt(held.text()) + ", the action needs " +
                               excerpt(needed.expected));
  }
  for (const auto& each : known.set) changes.push_back({each.value, 0, with_version(each.stored)});
  answer a;
  a.code = response_code::valid;
  return a;
}

void action_resource::go_on(responder&& r) {
  const auto run = std::make_shared<action_run>(
      steps_, services_->time, services_->timers, [this](const action_run& ended) {
        under_way_.remove_if([&ended](const auto& each) { return each.get() == &ended; });
      });
  under_way_.push_back(run);
  run->begin(std::move(r), !rules_->set.empty());
}

}  // namespace mqcoap
