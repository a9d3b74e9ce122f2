#include "request_verb.hpp"

#include <algorithm>
#include <mqcoap/resource/discovery.hpp>

#include "failure.hpp"
#include "hints.hpp"

namespace mqcoap::cli {
namespace {

/// Devices of mqcoapd answer under any subsystem, unless their configuration says otherwise.
constexpr char any_subsystem[] = "gateway";

int report_answer(const exchange_record& e, const settled_options& options) {
  const auto& how = options.output;
  if (const auto text = render(e, how); !text.empty()) print(text);
  const auto status = status_of(make_error_code(e.answer.code));
  if (is_error(e.answer.code)) {
    complain(status_line(e, how.colour_errors) + ": " + harmless(words_of(e.answer.body)));
    if (!options.quiet) complain_hint(hint_for_answer(e), how.colour_errors);
  } else if (how.terminal && !how.header && how.format.empty() && !options.quiet) {
    complain(status_line(e, how.colour_errors) +
             (e.answer.location.empty() ? "" : "  location: " + harmless(e.answer.location)));
  }
  return status;
}

}  // namespace

address read_address(const std::string& text) {
  if (auto parsed = address::parse(text)) return *std::move(parsed);
  const auto slashes = std::count(text.begin(), text.end(), '/');
  const std::string form = "TAG/SUBSYSTEM/PATH, for example 2D_XX_0_9999/axuv/gains";
  if (slashes == 0) throw usage_failure("'" + text + "' is no address: " + form, "mqcoap ls " + text);
  if (slashes == 1)
    throw usage_failure("'" + text + "' is no address, it has two parts and not three: " + form);
  throw usage_failure(
      "'" + text + "' is no address: " + form,
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

int report_outcome(const request_outcome& outcome, const request_spec& asked,
                   const settled_options& options) {
  if (outcome.answered) return report_answer(*outcome.answered, options);
  const std::string asked_for = std::string(to_string(asked.verb)) + ' ' + asked.to.to_string();
  const std::string words = "no answer to " + asked_for + ": " + harmless(outcome.words);
  complain("mqcoap: " + words);
  if (!options.quiet)
    complain_hint(hint_for_failure(outcome.error, asked.to, options, outcome.largest_packet),
                  options.output.colour_errors);
  return status_of(outcome.error);
}

int run_request(const settled_options& options, request_spec what) {
  session s(options);
  s.connect();
  const auto outcome = s.request(what);
  return report_outcome(outcome, what, options);
}

}  // namespace mqcoap::cli
