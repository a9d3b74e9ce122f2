#include "output/exchange_text.hpp"

#include <spdlog/fmt/chrono.h>
#include <spdlog/fmt/fmt.h>

#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/response_code.hpp>

#include "output/style.hpp"
#include "words/duration_text.hpp"

namespace mqcoap::cli {
namespace {

constexpr char no_code[] = "no code";

std::string clock_text(unix_millis at) {
  return fmt::format("{:%H:%M:%S}.{:03}", fmt::localtime(static_cast<std::time_t>(at.count / 1000)),
                     at.count % 1000);
}

std::string_view colour_of(const seen_exchange& e) {
  if (e.what == seen_exchange::state::overdue || !e.code || *e.code >= 500) return colours::red;
  if (*e.code >= 400 || e.what != seen_exchange::state::answered) return colours::yellow;
  return colours::green;
}

std::string outcome_text(const seen_exchange& e) {
  switch (e.what) {
    case seen_exchange::state::overdue: return "no answer for " + to_text(*e.took);
    case seen_exchange::state::repeated: return code_text(e.code, no_code) + " again";
    case seen_exchange::state::unsolicited: return code_text(e.code, no_code) + ", the request was not seen";
    case seen_exchange::state::answered: break;
  }
  return code_text(e.code, no_code) + ' ' + to_text(*e.took) + (e.late ? ", late" : "");
}

std::string size_text(const seen_exchange& e) {
  switch (e.what) {
    case seen_exchange::state::overdue: return fmt::format("{} B", e.request_bytes);
    case seen_exchange::state::unsolicited: return fmt::format(">{} B", e.response_bytes);
    default: return fmt::format("{}>{} B", e.request_bytes, e.response_bytes);
  }
}

/// Returns the warnings about the exchange, each after a `!`.
std::string mark_text(const seen_exchange& e) {
  std::string message;
  if (e.what == seen_exchange::state::repeated)
    message = "  ! a second answer: who else answers for " + e.tag + '?';
  if (!e.fault.empty()) message += "  ! " + log_safe(e.fault, 160);
  return message;
}

std::string_view state_name(seen_exchange::state s) {
  switch (s) {
    case seen_exchange::state::answered: return "answered";
    case seen_exchange::state::overdue: return "overdue";
    case seen_exchange::state::repeated: return "repeated";
    case seen_exchange::state::unsolicited: return "unasked";
  }
  return "";
}

}  // namespace

std::string code_text(std::optional<std::int64_t> code, std::string_view otherwise) {
  if (!code) return std::string(otherwise);
  const auto known = to_response_code(*code);
  return known ? fmt::format("{} {}", *code, to_string(*known)) : std::to_string(*code);
}

std::string to_line(const seen_exchange& e, bool colour) {
  const std::string outcome = coloured(outcome_text(e), colour_of(e), colour);
  const std::string path = e.path.empty() ? "?" : log_safe(e.path, 128);
  const std::string_view verb = e.verb                                        ? to_string(*e.verb)
                                : e.what == seen_exchange::state::unsolicited ? std::string_view("-")
                                                                              : std::string_view("?");
  return fmt::format("{}  {:<16}  {:<6} {}/{}/{}  {}  {}{}", clock_text(e.at),
                     e.from.empty() ? "-" : log_safe(e.from, 64), verb, e.tag, e.subsystem, path, outcome,
                     size_text(e), mark_text(e));
}

std::string to_json_line(const seen_exchange& e) {
  std::string out = fmt::format(R"({{"state":"{}","at":{})", state_name(e.what), e.at.count);
  const auto add_text = [&out](std::string_view name, std::string_view text) {
    if (text.empty()) return;
    out += fmt::format(R"(,"{}":)", name);
    append_json_string(out, text);
  };
  add_text("from", e.from);
  add_text("tag", e.tag);
  add_text("subsystem", e.subsystem);
  add_text("path", e.path);
  if (e.verb) add_text("method", to_string(*e.verb));
  if (e.code) out += fmt::format(R"(,"code":{})", *e.code);
  if (e.took) out += fmt::format(R"(,"ms":{:.3f})", milliseconds_of(*e.took));
  if (e.what != seen_exchange::state::unsolicited)
    out += fmt::format(R"(,"request_bytes":{})", e.request_bytes);
  if (e.what != seen_exchange::state::overdue)
    out += fmt::format(R"(,"response_bytes":{})", e.response_bytes);
  if (e.late) out += R"(,"late":true)";
  add_text("fault", e.fault);
  return safe_json(out + '}');
}

std::string to_summary(const pairing_totals& totals) {
  const auto unanswered = totals.requests - totals.answered;
  std::string out =
      fmt::format("{} requests, {} answered, {} not", totals.requests, totals.answered, unanswered);
  if (totals.repeated > 0) out += fmt::format(", {} answered more than once", totals.repeated);
  if (totals.unsolicited > 0) out += fmt::format(", {} answers without a request", totals.unsolicited);
  if (totals.faulty > 0) out += fmt::format(", {} payloads break the protocol", totals.faulty);
  if (!totals.codes.empty()) {
    std::string codes;
    for (const auto& [code, count] : totals.codes)
      codes += fmt::format("{}{} {}", codes.empty() ? "" : ", ", count, code_text(code, no_code));
    out += '\n' + codes;
  }
  if (totals.answered > 0) {
    const auto at = [&](double share) {
      return to_text(std::chrono::nanoseconds(totals.latency.quantile(share)));
    };
    out += fmt::format("\np50 {}, p95 {}, p99 {}, max {}", at(0.50), at(0.95), at(0.99),
                       to_text(std::chrono::nanoseconds(totals.latency.max())));
  }
  return out;
}

}  // namespace mqcoap::cli
