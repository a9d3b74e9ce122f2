#include <mqcoap/gateway/hop.hpp>

#include <algorithm>
#include <mqcoap/base/units.hpp>
#include <mqcoap/serve/outcome_text.hpp>
#include <mqcoap/transport/packet_limit.hpp>
#include <new>
#include <utility>

namespace mqcoap {
namespace {

using cause = ask::failure::cause;
using std::chrono::milliseconds;

}  // namespace

hop::hop(const surroundings& around, const request_id& id, steady_time deadline, const address& requested,
         std::shared_ptr<const route_options> route, address to)
    : outgoing_request(id, deadline),
      around_(around),
      requested_(rewrites(route->to) ? std::optional(requested) : std::nullopt),
      route_(std::move(route)),
      to_(std::move(to)) {}

void hop::encode(std::string& payload) {
  const auto& req = caller_.req();
  request out{req.verb,      to_.path,
              id(),          req.correlation_id,
              route_->token, device().over().client_id(),
              req.body,      around_.time.wall(),
              req.options,   req.unknown};
  auto& options = out.options.edit();
  options.proxy_uri.reset();
  options.hops = req.options->hops.value_or(default_hops) - 1;
  if (req.options->timeout) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline() - around_.time.now());
    options.timeout = std::max(left, milliseconds(1));
  }
  payload.reserve(req.body.text().size() + 384);
  mqcoap::encode(payload, out, route_->wire);
}

void hop::prepare(response& from_device) {
  relay(from_device, device().tag.text());
  if (!from_device.location.empty()) from_device.location = make_way_back().from(from_device.location);
}

void hop::answered(response&& what) noexcept {
  device().counted->count_answer(sent_at(), around_.time.now());
  std::move(caller_).respond(std::move(what));
}

void hop::failed(const ask::failure& why) noexcept {
  auto& counted = *device().counted;
  const auto now = around_.time.now();
  if (why.why == cause::unusable || why.why == cause::no_memory) counted.last_seen = now;
  if (is_at_device(why)) expect_late();
  // The caller's timeout_ms may be too short for a device that works.
  if (why.why == cause::deadline && !loop_text_.empty() && has_whole_time())
    device().mute_behind_bridge = true;
  ending outcome;
  try {
    outcome = ending_of(why);
  } catch (const std::bad_alloc&) {
    outcome = {sent() ? response_code::gateway_timeout : response_code::service_unavailable, {}, !sent()};
  }
  counted.count_failure(outcome.message, now);
  if (outcome.never_run)
    std::move(caller_).refuse(outcome.code, outcome.message);
  else
    std::move(caller_).fail(outcome.code, outcome.message);
}

hop::ending hop::ending_of(const ask::failure& why) const {
  const auto& to = device();
  switch (why.why) {
    case cause::deadline: return silent();
    case cause::link_lost: return unanswered(std::string(why.message));
    case cause::not_sendable: return unsendable(why);
    case cause::not_confirmed:
      return {response_code::service_unavailable,
              "the answers of " + to.description() + " cannot be subscribed to: " + why.error.message(),
              true};
    case cause::no_memory:
      return {response_code::service_unavailable,
              "out of memory for the answer of " + to.tag.text() + may_have_run(*caller_)};
    case cause::unusable:
      return {response_code::bad_gateway,
              "the answer of " + to.tag.text() + " is unusable: " + std::string(why.message)};
    case cause::ended: break;
  }
  // The request came back to the gateway.
  if (!why.message.empty()) return {response_code::bad_gateway, std::string(why.message)};
  return {response_code::bad_gateway, loop_text_ + may_have_run(*caller_)};
}

hop::ending hop::silent() const {
  if (!loop_text_.empty()) return {response_code::bad_gateway, loop_text_ + may_have_run(*caller_)};
  const auto waited = std::chrono::duration_cast<milliseconds>(deadline() - caller_->received);
  const auto message = device().tag.text() + " did not answer within " + to_string(waited);
  if (sent()) return {response_code::gateway_timeout, message + may_have_run(*caller_)};
  return {response_code::gateway_timeout, message + unsent_text(), true};
}

std::string hop::unsent_text() const {
  if (device().confirmed()) return "; the request waited behind others and was not sent";
  return "; the request was not sent, because broker " + device().over().name() +
         " has not confirmed the subscription to its answers";
}

/// 504 means that it is unknown whether the device ran it, 503 that it did not.
hop::ending hop::unanswered(const std::string& why) const {
  if (sent()) return {response_code::gateway_timeout, why + may_have_run(*caller_)};
  return {response_code::service_unavailable, why + "; the request was not sent", true};
}

hop::ending hop::unsendable(const ask::failure& why) const {
  if (why.error != errc::too_large)
    return {response_code::service_unavailable,
            "the request could not be sent to " + device().description() + ": " + why.error.message(), true};
  const auto& over = device().over();
  return {
      response_code::request_entity_too_large,
      too_large_text("the request to " + device().tag.text(), why.bytes, over.name(), over.largest_packet()),
      true};
}

/// Returns true if the device may still answer.
bool hop::is_at_device(const ask::failure& why) const noexcept {
  const bool loop = why.why == cause::ended && !why.message.empty();
  return sent() && !loop &&
         (why.why == cause::deadline || why.why == cause::link_lost || why.why == cause::ended);
}

way_back hop::make_way_back() const {
  return {*caller_, requested_ ? *requested_ : to_, route_, around_.decoding.limits.path};
}

/// Remembers a write for a late answer. If memory allocation fails, the late answer is only counted.
void hop::expect_late() const noexcept try {
  if (caller_->original_request().verb == method::get) return;
  const auto& to = device();
  auto topic = exchange_topic::make(to.ns, subsystem(), exchange_topic::kind::response, to.tag, id()).text();
  topic.resize(topic.size() - id().text().size());
  around_.late.expect(id(), around_.time.now(),
                      {caller_->without_body(), to.over().name(), std::move(topic), path(), make_way_back()});
} catch (const std::bad_alloc&) {
  // The caller's answer does not depend on this.
}

}  // namespace mqcoap
