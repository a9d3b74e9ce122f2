#include "event_pattern.hpp"

#include <mqcoap/base/glob.hpp>

#include "failure.hpp"
#include "pretty.hpp"
#include "style.hpp"
#include "table.hpp"
#include "timestamps.hpp"
#include "watching.hpp"

namespace mqcoap::cli {
namespace {

/// Cuts off what stands before the next slash.
std::string take_part(std::string_view& rest) {
  const auto slash = rest.find('/');
  const std::string part(rest.substr(0, slash));
  rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
  return part.empty() ? "*" : part;
}

/// The part as a name, where it is no pattern. @throws usage_failure  for what no name can be
template <class Name>
std::optional<Name> exact(const std::string& part, const char* what) {
  if (is_glob(part)) return std::nullopt;
  if (auto name = Name::parse(part)) return *std::move(name);
  throw usage_failure("'" + part + "' is no " + what, "TAG/SUBSYSTEM/PATH, each with * and ? as wanted");
}

}  // namespace

event_pattern::event_pattern(const std::string& text) {
  std::string_view rest = text;
  tag_ = take_part(rest);
  subsystem_ = take_part(rest);
  if (!rest.empty()) path_ = rest;
  filter(general_topic::kind::event);  // which checks the parts
}

bool event_pattern::matches(const general_topic& topic) const {
  return glob_match(tag_, topic.tag.text()) && glob_match(subsystem_, topic.subsystem.text()) &&
         glob_match(path_, topic.path.key());
}

general_filter event_pattern::filter(general_topic::kind kind) const {
  return general_filter(kind, exact<subsystem_name>(subsystem_, "subsystem"), exact<device_tag>(tag_, "tag"),
                        exact<resource_path>(path_, "path"));
}

std::string show_event(const general_message& m, const output_format& how, unix_millis now) {
  const auto& t = m.topic;
  const std::string from = t.tag.text() + '/' + t.subsystem.text() + '/' + std::string(t.path.key());
  const auto& body = m.payload.body;
  switch (how.kind) {
    case output_kind::raw: return (how.terminal ? harmless(words_of(body)) : words_of(body)) + '\n';
    case output_kind::csv:
      return utc_time(now) + ',' + csv_cell(from) + ',' + csv_cell(words_of(body)) + '\n';
    case output_kind::json: {
      std::string out = "{\"time\":\"" + utc_time(now) + '"';
      append_json_string(out += ",\"address\":", from);
      out += t.which == general_topic::kind::event ? ",\"kind\":\"event\"" : ",\"kind\":\"system\"";
      out += m.retained ? ",\"retained\":true" : ",\"retained\":false";
      if (m.payload.sent_at) out += ",\"timestamp\":" + std::to_string(m.payload.sent_at->count);
      return out.append(",\"body\":").append(body.text()) + "}\n";
    }
    case output_kind::body: break;
  }
  constexpr std::size_t one_line = std::size_t{1} << 30;
  if (!how.terminal) return stamp(now, how) + from + '\t' + std::string(body.text()) + '\n';
  return stamp(now, how) + coloured(from, colours::blue, how.colour) + "  " +
         pretty(body, one_line, how.colour) +
         (m.retained ? coloured("  (retained)", colours::dim, how.colour) : "") + '\n';
}

}  // namespace mqcoap::cli
