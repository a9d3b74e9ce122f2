#include <mqcoap/resource/action/request_step.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mqcoap/schema/json_excerpt.hpp>
#include <string>

namespace mqcoap {
namespace {

using std::chrono::milliseconds;

/// The length limit in bytes of a device's error message that is passed on. It is needed because actions that
/// send requests to each other add a prefix each time.
constexpr std::size_t most_passed_on = 2000;

std::string message_of_device(const answer& refused) {
  const auto& body = refused.body;
  if (body.is_null()) return std::string(to_string(refused.code));
  if (!body.is_string()) return excerpt(body.text(), most_passed_on);
  return excerpt(decode_json_string(body.text()), most_passed_on);
}

}  // namespace

action_step::running request_step::begin(const call& of, steady_time deadline, done_handler done) {
  resource_request what{what_.verb, what_.to, what_.body, {}, of.original_request().correlation_id};
  const auto& given = *of.original_request().options;
  auto& options = what.options.edit();
  options.hops = given.hops;
  options.traceparent = given.traceparent;
  if (deadline != steady_time::max()) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - time_.now());
    options.timeout = std::max(left, milliseconds(1));
  }
  return by_.ask(std::move(what), [to = what_.to.to_string(), done = std::move(done)](const answer& a) {
    if (!is_error(a.code)) return done(std::nullopt);
    done(step_failure{a.code, to + ": " + message_of_device(a), a.never_run});
  });
}

}  // namespace mqcoap
