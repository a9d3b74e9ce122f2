#include "session/request_verb.hpp"

#include <algorithm>
#include <chrono>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/resource/discovery.hpp>

#include "session/hints.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

/// Any subsystem will do: devices of mqcoapd answer under all of them unless their configuration
/// restricts that.
constexpr char any_subsystem[] = "gateway";

/// Returns the text of an error answer, and adds that a write may have been run if that is unknown and the
/// text does not already mention it.
std::string answer_text(std::string_view message, const request_outcome& outcome, method verb) {
  std::string out = safe_text(message, line_ends::kept);
  if (may_have_run(outcome, verb) && message.find("may have been run") == std::string_view::npos)
    out += "; the " + std::string(to_string(verb)) + " may have been run";
  return out;
}

int report_answer(const request_outcome& outcome, const request_spec& spec, const settled_options& options) {
  const auto& how = options.output;
  const auto& e = *outcome.answered;
  if (const auto text = render(e, how); !text.empty()) print(text);
  const auto status = status_of(make_error_code(e.answer.code));
  if (is_error(e.answer.code)) {
    complain(status_line(e, how.colour_errors) + ": " +
             answer_text(message_of(e.answer.body), outcome, e.verb));
    if (!options.quiet) complain_hint(hint_for_answer(outcome, spec), how.colour_errors);
  } else if (how.terminal && !how.header && how.format.empty() && !options.quiet) {
    complain(status_line(e, how.colour_errors) +
             (e.answer.location.empty() ? "" : "  location: " + safe_text(e.answer.location)));
  }
  return status;
}

/// Returns the JSON output for a request without an answer.
std::string error_object(const request_spec& spec, std::string_view message) {
  std::string out;
  append_json_string(out += "{\"error\":", message);
  append_json_string(out += ",\"address\":", spec.to.to_string());
  append_json_string(out += ",\"method\":", to_string(spec.verb));
  if (spec.id) append_json_string(out += ",\"request_id\":", spec.id->text());
  return safe_json(out + '}') + '\n';
}

bool is_json(const output_format& how) { return how.kind == output_kind::json && how.format.empty(); }

/// Connects; with -o json, a failure is also reported on standard output.
void connect(session& s, const request_spec& spec, const settled_options& options) {
  try {
    s.connect();
  } catch (const failure& e) {
    if (is_json(options.output)) print(error_object(spec, e.what()));
    throw;
  }
}

/// Reports why the request is repeated, and waits before the next attempt.
void await_repeat(session& s, std::size_t n, std::size_t most, const request_outcome& last,
                  const settled_options& options) {
  if (!options.quiet) {
    const auto why =
        last.answered ? status_line(*last.answered, options.output.colour_errors) : last.error.message();
    complain("mqcoap: " + why + "; sending it again with the same id, " + std::to_string(n) + " of " +
             std::to_string(most));
  }
  if (const auto pause = pause_before(n, last); pause.count() > 0)
    s.wait_until(std::chrono::steady_clock::now() + pause);
}

}  // namespace

address read_address(const std::string& text) {
  if (auto parsed = address::parse(text)) return *std::move(parsed);
  const auto slashes = std::count(text.begin(), text.end(), '/');
  const std::string form = "TAG/SUBSYSTEM/PATH, for example 2D_XX_0_9999/axuv/gains";
  if (slashes == 0) throw usage_failure("'" + text + "' is not an address: " + form, "mqcoap ls " + text);
  if (slashes == 1)
    throw usage_failure("'" + text + "' is not an address, it has two parts and not three: " + form);
  throw usage_failure(
      "'" + text + "' is not an address: " + form,
      "tag and subsystem are 1 to 64 characters of A-Z a-z 0-9 _ . -; a path has no empty, . or "
      ".. part and at most 255 bytes");
}

address discovery_address(const std::string& what) {
  const auto text = what + (what.find('/') == std::string::npos ? std::string("/") + any_subsystem : "") +
                    '/' + std::string(discovery_path);
  auto parsed = address::parse(text);
  if (parsed && parsed->path.key() == discovery_path) return *std::move(parsed);
  throw usage_failure("'" + what + "' is neither TAG nor TAG/SUBSYSTEM",
                      "tags are 1 to 64 characters of A-Z a-z 0-9 _ . -");
}

int report_outcome(const request_outcome& outcome, const request_spec& spec, const settled_options& options) {
  if (outcome.answered) return report_answer(outcome, spec, options);
  const std::string request_text = std::string(to_string(spec.verb)) + ' ' + spec.to.to_string();
  const auto message = safe_text(outcome.message, line_ends::kept);
  if (is_json(options.output)) print(error_object(spec, message));
  complain("mqcoap: no answer to " + request_text + ": " + message);
  if (!options.quiet) complain_hint(hint_for_failure(outcome, spec, options), options.output.colour_errors);
  return status_of(outcome.error);
}

int run_request(const settled_options& options, request_spec what, const repeat_arguments& again) {
  what.id = again.chosen_id();
  session s(options);
  connect(s, what, options);
  auto outcome = s.request(what);
  for (std::size_t n = 1; n <= again.times && may_repeat(outcome); ++n) {
    await_repeat(s, n, again.times, outcome, options);
    what.if_disconnected = when_disconnected::wait;  // the connection may have been lost
    outcome = s.request(what);
  }
  return report_outcome(outcome, what, options);
}

}  // namespace mqcoap::cli
