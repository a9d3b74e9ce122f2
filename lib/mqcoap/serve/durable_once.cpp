#include <mqcoap/serve/durable_once.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <mqcoap/protocol/codec.hpp>
#include <optional>
#include <utility>

namespace mqcoap {
namespace {

std::string key_of(const call& c) {
  return c.target.tag() + '/' + c.target.subsystem() + '/' + c.original_request().id.canonical();
}

/// Computes FNV-1a with two offsets, for 128 bits. Does not use std::hash, which may differ in the next
/// build, because the result is stored.
std::string fingerprint_of(const request& r) {
  std::string text;
  for (std::uint64_t hash : {0xcbf29ce484222325U, 0x84222325cbf29ce4U}) {
    const auto mix = [&hash](std::string_view part) {
      for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
      hash = (hash ^ 0xffU) * 0x100000001b3U;  // marks the end of a part; does not occur in UTF-8
    };
    mix(to_string(r.verb));
    mix(r.path.key());
    mix(r.body.text());
    text += std::to_string(hash);
    text += '.';
  }
  return text;
}

/// Decodes a stored answer. Ignores the limits of the current configuration, because the answer
/// was sent before.
std::optional<answer> read_answer(const std::string& payload) {
  decode_rules any;
  any.limits = {std::numeric_limits<std::size_t>::max(), 1024, std::numeric_limits<std::size_t>::max()};
  any.ids = validation::lenient;
  auto read = decode_response(payload, any);
  if (!read) return std::nullopt;
  return static_cast<answer&&>(*std::move(read));
}

answer unknown_outcome() {
  return answer::error(
      response_code::internal_server_error,
      "outcome unknown: the gateway ended while this request ran; it may have been run, and is not run "
      "again");
}

void refuse_unrecorded(responder&& r, error_code why) {
  if (why == errc::storage_full || why == errc::storage_failed)
    return std::move(r).refuse(response_code::internal_server_error,
                               "storing failed: the request could not be recorded, and was not run");
  std::move(r).refuse(response_code::service_unavailable,
                      "the request could not be recorded, and was not run; try again later");
}

void go_on(const durable_once::environment& env, responder&& r, error_code why, const once_record& found) {
  using state = once_record::state;
  if (r->ended) {  // it was answered in the meantime, for example because its deadline passed
    if (!why && found.what == state::fresh) env.store->end(key_of(*r), {});
    return;
  }
  if (why) return refuse_unrecorded(std::move(r), why);
  if (found.what == state::fresh) return env.core.resume(std::move(r));
  if (env.repeated) env.repeated();
  if (found.what == state::conflict)
    return std::move(r).fail(
        response_code::bad_request,
        "header.request_id was used before for another method, path or body; every request needs its own");
  auto before = found.what == state::answered ? read_answer(found.answer) : std::nullopt;
  std::move(r).respond(before ? *std::move(before) : unknown_outcome());
}

}  // namespace

durable_once::durable_once(durable_once_options given, environment env)
    : composed_step(std::move(given)), env_(std::move(env)) {}

bool durable_once::concerns(const call& c) const noexcept {
  return c.req.verb != method::get && env_.store != nullptr &&
         std::binary_search(given().tags.begin(), given().tags.end(), c.target.tag());
}

void durable_once::process(responder& r) {
  if (!concerns(*r)) return;
  once_request write{key_of(*r), fingerprint_of(r.req())};
  // A reload may destroy this step before the store calls back; the call continues all the same.
  const auto kept = std::make_shared<responder>(std::move(r));
  try {
    env_.store->begin(std::move(write),
                      [kept, env = env_, core = env_.core.life()](error_code why, const once_record& found) {
                        if (!core.expired()) go_on(env, std::move(*kept), why, found);
                      });
  } catch (...) {
    r = std::move(*kept);
    throw;
  }
}

/// Not called for a call that this step itself has answered.
void durable_once::on_answer(const call& c, const answer& what) {
  if (!concerns(c)) return;
  std::string payload;
  if (!what.never_run) encode_answer(payload, what, c.original_request(), c.target.tag(), env_.time.wall());
  env_.store->end(key_of(c), std::move(payload));
}

}  // namespace mqcoap
