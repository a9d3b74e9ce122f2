#include "session/repeat_arguments.hpp"

#include <algorithm>

#include "words/failure.hpp"
#include "words/holds.hpp"

namespace mqcoap::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_repeats = 100;
constexpr std::size_t most_doublings = 4;

/// Returns true if the text states that the request was not run (docs/protocol.md, "Run once"). The text
/// comes from another process; nothing else in an answer carries this information.
bool was_never_run(std::string_view message) {
  return holds(message, "was not sent") || holds(message, "was not run");
}

bool is_code(const request_outcome& outcome, response_code code) {
  return outcome.answered && outcome.answered->answer.code == code;
}

}  // namespace

void repeat_arguments::declare(command app, method verb) {
  app.add_option("--request-id", id, "The id to send, 32 hexadecimal digits (default: a fresh one)")
      ->option_text("ID")
      ->not_empty();
  app.add_option("--retry", times,
                 verb == method::get
                     ? "Try again up to N times if there is no answer, or a 503 or 504"
                     : "Try again up to N times, with the same id, if there is no answer, or a 503 or 504.\n"
                       "Gateways run it once; a device that does not detect repeats runs each")
      ->between(std::size_t{0}, most_repeats)
      ->option_text("N");
}

request_id repeat_arguments::chosen_id() const {
  if (id.empty()) return request_id_generator().next();
  if (const auto parsed = request_id::parse(id)) return *parsed;
  throw usage_failure(
      "--request-id: '" + id + "' is not a request id: 32 hexadecimal digits, with or without hyphens",
      "16fd2706-8baf-433b-82eb-8c7fada847da, for example");
}

bool may_repeat(const request_outcome& outcome) {
  if (outcome.answered)
    return is_code(outcome, response_code::service_unavailable) ||
           is_code(outcome, response_code::gateway_timeout);
  return outcome.error == errc::timed_out || outcome.error == errc::connection_lost ||
         outcome.error == errc::not_connected || outcome.error == errc::queue_full;
}

std::chrono::milliseconds pause_before(std::size_t n, const request_outcome& last) {
  if (last.error == errc::timed_out) return 0ms;
  return 1s * (1 << std::min(n - 1, most_doublings));
}

bool may_have_run(const request_outcome& outcome, method verb) {
  if (verb == method::get) return false;
  if (outcome.answered) {
    const auto& answer = outcome.answered->answer;
    if (!is_error(answer.code)) return false;
    const auto message = message_of(answer.body);
    return holds(message, "may have been run") ||
           (is_code(outcome, response_code::gateway_timeout) && !was_never_run(message));
  }
  return outcome.sent && (outcome.error == errc::timed_out || outcome.error == errc::connection_lost ||
                          outcome.error == errc::unusable_answer);
}

}  // namespace mqcoap::cli
