#include <mqcoap/resource/action.hpp>

#include <boost/json/object.hpp>
#include <mqcoap/resource/conditions.hpp>
#include <mqcoap/schema/json_compare.hpp>
#include <mqcoap/schema/json_excerpt.hpp>

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

}  // namespace

action_resource::action_resource(std::vector<condition> when, std::vector<assignment> set)
    : when_(std::move(when)), set_(std::move(set)) {}

void action_resource::handle(responder&& r) {
  if (auto refused = refuse_method(r.req(), {method::post})) return std::move(r).respond(*std::move(refused));
  if (!r.req().body.is_null())
    if (auto refused = refuse_content_format(r.req())) return std::move(r).respond(*std::move(refused));
  for (const auto& needed : when_) {
    if (holds(needed.expected, needed.value->current().value())) continue;
    return std::move(r).refuse(response_code::precondition_failed,
                               needed.path + " is " + excerpt(needed.value->current().text()) +
                                   ", the action needs " + excerpt(needed.expected));
  }
  for (const auto& each : set_) each.value->store(each.stored);
  answer a;
  a.code = response_code::valid;
  std::move(r).respond(std::move(a));
}

}  // namespace mqcoap
