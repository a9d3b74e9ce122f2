#include <mqcoap/serve/failed_step.hpp>

#include <chrono>
#include <exception>
#include <mqcoap/protocol/method.hpp>
#include <new>
#include <string>

namespace mqcoap {
namespace {

constexpr char unknown_exception[] = "it threw an exception that is not a std::exception";

std::string failure_of(std::string_view who, std::string_view message) {
  return "the handler '" + std::string(who) + "' failed: " + std::string(message);
}

/// Returns the error message for a request that ran out of memory. Only the handler knows whether a write
/// has already run.
std::string message_of_memory(const request& requested) {
  if (requested.verb == method::get) return "out of memory; try again later";
  return "out of memory; the " + std::string(to_string(requested.verb)) + " may have been run";
}

}  // namespace

void failed_step::say(std::string_view who, std::string_view what) const {
  if (log_)
    log_(log_level::error, "the request handler '" + std::string(who) + "' failed" + std::string(what));
}

void failed_step::answer_for(std::string_view who, responder& r, steady_time received) {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    end_for_memory(who, r, received);
  } catch (const std::exception& e) {
    answer_for(who, r, response_code::internal_server_error, failure_of(who, e.what()));
  } catch (...) {
    answer_for(who, r, response_code::internal_server_error, failure_of(who, unknown_exception));
  }
}

void failed_step::answer_for(std::string_view who, responder& r, response_code code,
                             std::string_view message) {
  if (r) return std::move(r).fail(code, message);
  say(who, " after it had answered: " + std::string(message));
}

/// Logs the failure, at most one line per second, and answers 503.
void failed_step::end_for_memory(std::string_view who, responder& r, steady_time received) try {
  if (received >= next_memory_line_) {
    next_memory_line_ = received + std::chrono::seconds(1);
    say(who, ": out of memory");
  }
  if (!r) return;
  if (!r->admitted && r->chain)
    return std::move(r).refuse(response_code::service_unavailable,
                               "out of memory for this message; try again later");
  const auto message = message_of_memory(r.req());
  std::move(r).fail(response_code::service_unavailable, message);
} catch (const std::bad_alloc&) {
  if (r) std::move(r).fail(response_code::service_unavailable, "out of memory");
}

}  // namespace mqcoap
