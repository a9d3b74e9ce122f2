#include <mqcoap/resource/action/action.hpp>

#include <boost/json/object.hpp>
#include <mqcoap/resource/conditions.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <mqcoap/resource/write.hpp>
#include <mqcoap/schema/json_compare.hpp>
#include <mqcoap/schema/json_excerpt.hpp>
#include <stdexcept>

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
  throw std::invalid_argument(at.device() + ": an action names '" + path + "', which is no value");
}

}  // namespace

void action_options::make(resource_site& at) const {
  std::vector<action_resource::condition> needed;
  for (const auto& [path, expected] : when) needed.push_back({path, named_value(at, path), expected.value()});
  std::vector<action_resource::assignment> stored;
  for (const auto& [path, value] : set) stored.push_back({named_value(at, path), value});
  at.serve(at.path(),
           std::make_shared<action_resource>(std::move(needed), std::move(stored), at.draft().state()));
}

std::vector<std::string> action_options::conditions() const {
  std::vector<std::string> paths;
  for (const auto& each : when) paths.push_back(each.path);
  return paths;
}

action_resource::action_resource(std::vector<condition> when, std::vector<assignment> set,
                                 resource_state& state)
    : rules_(std::make_shared<rules>(rules{std::move(when), std::move(set)})),
      state_(state),
      cells_(cells_of(*rules_)) {}

std::vector<std::shared_ptr<cell>> action_resource::cells_of(const rules& known) {
  std::vector<std::shared_ptr<cell>> cells;
  for (const auto& each : known.when) cells.push_back(each.value);
  for (const auto& each : known.set) cells.push_back(each.value);
  return cells;
}

void action_resource::handle(responder&& r) {
  if (auto refused = refuse_method(r.req(), {method::post})) return std::move(r).respond(*std::move(refused));
  if (!r.req().body.is_null())
    if (auto refused = refuse_content_format(r.req())) return std::move(r).respond(*std::move(refused));
  write(state_, cells_, std::move(r),
        [known = rules_](const call&, std::vector<change>& changes) { return run(*known, changes); });
}

answer action_resource::run(const rules& known, std::vector<change>& changes) {
  for (const auto& needed : known.when) {
    const auto& held = needed.value->current();
    if (holds(needed.expected, held.value())) continue;
    return answer::refusal(
        response_code::precondition_failed,
        needed.path + " is " + excerpt(held.text()) + ", the action needs " + excerpt(needed.expected));
  }
  for (const auto& each : known.set) changes.push_back({each.value, 0, with_version(each.stored)});
  answer a;
  a.code = response_code::valid;
  return a;
}

}  // namespace mqcoap
