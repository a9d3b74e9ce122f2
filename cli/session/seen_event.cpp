#include "session/seen_event.hpp"

#include <algorithm>
#include <array>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/protocol/general_topic.hpp>
#include <variant>

#include "output/exchange_fields.hpp"
#include "output/pretty.hpp"
#include "output/style.hpp"
#include "output/table.hpp"
#include "session/watching.hpp"
#include "words/timestamps.hpp"

namespace mqcoap::cli {
namespace {

/// Splits a topic into namespace, subsystem, kind, tag and the remaining levels; returns nothing if there are
/// fewer than four levels.
std::optional<std::array<std::string_view, 5>> levels_of(std::string_view topic) {
  std::array<std::string_view, 5> levels;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto slash = topic.find('/');
    if (slash == std::string_view::npos && i < 3) return std::nullopt;
    levels[i] = topic.substr(0, slash);
    topic.remove_prefix(std::min(topic.size(), levels[i].size() + 1));
  }
  levels[4] = topic;
  return levels;
}

/// Reads the body and the timestamp. @return what is wrong, or nothing
std::optional<std::string> read_event_body(std::string_view payload, validation how, seen_event& into) {
  auto decoded = decode(payload, {.limits = foreign_rules.limits, .ids = how});
  if (!decoded) return decoded.error().message;
  auto* const found = std::get_if<general>(&*decoded);
  if (found == nullptr) return "the header is that of a request or a response, not of an event";
  into.body = std::move(found->body);
  into.sent_at = found->sent_at;
  return std::nullopt;
}

json_text whole(std::string_view payload) {
  auto parsed = json_text::parse(payload, foreign_rules.limits.depth);
  return parsed ? *std::move(parsed) : json_text::from_string(safe_text(payload, line_ends::kept));
}

}  // namespace

std::optional<seen_event> read_event(std::string_view topic, std::string_view payload, bool retained) {
  const auto levels = levels_of(topic);
  if (!levels || ((*levels)[2] != "event" && (*levels)[2] != "system")) return std::nullopt;
  seen_event e{.kind = std::string((*levels)[2]),
               .tag = std::string((*levels)[3]),
               .subsystem = std::string((*levels)[1]),
               .path = std::string((*levels)[4]),
               .retained = retained,
               .body = {}};
  if (auto fault = read_event_body(payload, validation::strict, e)) {
    e.fault = *std::move(fault);
    if (read_event_body(payload, validation::lenient, e)) e.body = whole(payload);
  } else if (!general_topic::parse(topic)) {
    e.fault = "the topic is not that of an event";
  }
  return e;
}

std::string show_event(const seen_event& e, const output_format& how, unix_millis now) {
  const std::string from = safe_text(e.tag + '/' + e.subsystem + '/' + e.path);
  const std::string fault = safe_text(e.fault);
  switch (how.kind) {
    case output_kind::raw: return raw_text(e.body, how) + '\n';
    case output_kind::csv:
      return utc_time(now) + ',' + csv_cell(from) + ',' + csv_cell(message_of(e.body)) +
             (fault.empty() ? "" : ',' + csv_cell("! " + fault)) + '\n';
    case output_kind::json: {
      std::string out = "{\"time\":\"" + utc_time(now) + '"';
      append_json_string(out += ",\"address\":", from);
      append_json_string(out += ",\"kind\":", e.kind);
      out += e.retained ? ",\"retained\":true" : ",\"retained\":false";
      if (e.sent_at) out += ",\"timestamp\":" + std::to_string(e.sent_at->count);
      if (!fault.empty()) append_json_string(out += ",\"fault\":", fault);
      return safe_json(out.append(",\"body\":").append(e.body.text()) + '}', line_ends::replaced) + '\n';
    }
    case output_kind::body: break;
  }
  constexpr std::size_t one_line = std::size_t{1} << 30;
  if (!how.terminal)
    return stamp(now, how) + from + '\t' + safe_json(e.body.text(), line_ends::replaced) +
           (fault.empty() ? "" : "\t! " + fault) + '\n';
  return stamp(now, how) + coloured(from, colours::blue, how.colour) + "  " +
         pretty(e.body, one_line, how.colour) +
         (e.retained ? coloured("  (retained)", colours::dim, how.colour) : "") +
         (fault.empty() ? "" : coloured("  ! " + fault, colours::yellow, how.colour)) + '\n';
}

}  // namespace mqcoap::cli
