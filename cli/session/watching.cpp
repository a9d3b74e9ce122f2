#include "session/watching.hpp"

#include <mqcoap/base/safe_text.hpp>

#include "output/pretty.hpp"
#include "output/style.hpp"
#include "output/table.hpp"
#include "words/json_parts.hpp"
#include "words/timestamps.hpp"

namespace mqcoap::cli {
namespace {

std::string value_cell(std::string_view value) {
  return csv_cell(value.front() == '"' ? decode_json_string(value) : std::string(value));
}

}  // namespace

std::string stamp(unix_millis now, const output_format& how) {
  return how.terminal ? coloured(time_of_day(now), colours::dim, how.colour) + "  " : utc_time(now) + '\t';
}

bool watch_log::is_news(const request_outcome& outcome, const std::string& address) {
  state now{outcome.error, outcome.answered ? outcome.answered->answer.body : json_text()};
  const auto at = last_.find(address);
  const bool same = at != last_.end() && at->second.error == now.error && at->second.body == now.body;
  last_.insert_or_assign(address, std::move(now));
  return all_ || !same;
}

std::string watch_log::begin(const std::string& address, unix_millis now) const {
  if (!several_) return stamp(now, how_);
  return stamp(now, how_) + coloured(address, colours::blue, how_.colour) + (how_.terminal ? "  " : "\t");
}

/// Returns a line for each poll: the time, followed by the items of a list, the values of an object, or a
/// single value. A header precedes the first line and is repeated when the columns change.
std::string watch_log::csv(const exchange_record& e, unix_millis now) {
  const auto text = e.answer.body.text();
  std::string header = "time";
  std::string line = utc_time(now);
  if (several_) {
    header += ",address";
    line.append(1, ',').append(csv_cell(e.to.to_string()));
  }
  if (text.front() == '{') {
    for (const auto& m : members_of(text)) {
      header.append(1, ',').append(value_cell(m.key));
      line.append(1, ',').append(value_cell(m.value));
    }
  } else if (text.front() == '[') {
    std::size_t n = 0;
    for (const auto item : items_of(text)) {
      header.append(1, ',').append(std::to_string(n++));
      line.append(1, ',').append(value_cell(item));
    }
  } else {
    header += ",value";
    line.append(1, ',').append(value_cell(text));
  }
  if (header == csv_header_) return line + '\n';
  csv_header_ = header;
  return header + '\n' + line + '\n';
}

watch_log::lines watch_log::answered(const exchange_record& e, unix_millis now) {
  if (!how_.format.empty()) return {apply_format(how_, e) + '\n', {}};
  if (how_.kind == output_kind::json)
    return {"{\"time\":\"" + utc_time(now) + "\"," + to_json(e).substr(1) + '\n', {}};
  if (is_error(e.answer.code))
    return {{},
            begin(e.to.to_string(), now) + status_line(e, how_.colour_errors) + ": " +
                safe_text(message_of(e.answer.body), line_ends::kept)};
  const auto& body = e.answer.body;
  if (how_.kind == output_kind::csv) return {csv(e, now), {}};
  if (how_.kind == output_kind::raw) return {raw_text(body, how_) + '\n', {}};
  // Writes each value on one line, so that columns of numbers can be compared.
  constexpr std::size_t one_line = std::size_t{1} << 30;
  return {begin(e.to.to_string(), now) +
              (how_.terminal ? pretty(body, one_line, how_.colour)
                             : safe_json(body.text(), line_ends::replaced)) +
              '\n',
          {}};
}

watch_log::lines watch_log::add(const request_outcome& outcome, const request_spec& spec, unix_millis now) {
  const auto address = spec.to.to_string();
  if (!is_news(outcome, address)) return {};
  if (outcome.answered) return answered(*outcome.answered, now);
  if (how_.kind != output_kind::json)
    return {{}, begin(address, now) + "no answer: " + outcome.error.message()};
  std::string out = "{\"time\":\"" + utc_time(now) + '"';
  append_json_string(out += ",\"address\":", address);
  append_json_string(out += ",\"error\":", outcome.error.message());
  return {out + "}\n", {}};
}

}  // namespace mqcoap::cli
