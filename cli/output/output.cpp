#include "output/output.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <mqcoap/base/safe_text.hpp>
#include <system_error>

#include "output/pretty.hpp"
#include "output/style.hpp"
#include "output/table.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

void append_member(std::string& out, std::string_view key, std::string_view text) {
  append_json_string(out.append(1, ','), key);
  append_json_string(out.append(1, ':'), text);
}

void append_options(std::string& out, const response& a) {
  if (!a.source.empty()) append_member(out, "source", a.source);
  if (!a.location.empty()) append_member(out, "location", a.location);
  if (!a.options.etag.empty()) append_member(out, "etag", a.options.etag);
  if (!a.options.content_format.empty()) append_member(out, "content_format", a.options.content_format);
  if (a.options.max_age) out += ",\"max_age\":" + std::to_string(*a.options.max_age);
  if (a.correlation_id) append_member(out, "correlation_id", a.correlation_id->text());
  if (!a.options.traceparent.empty()) append_member(out, "traceparent", a.options.traceparent);
  if (a.sent_at) out += ",\"timestamp\":" + std::to_string(a.sent_at->count);
}

/// Returns the header that -i prints.
std::string header_of(const exchange_record& e, const output_format& how) {
  std::string out = status_line(e, how.colour) + '\n';
  const auto field = [&](std::string_view name, std::string_view text) {
    if (text.empty()) return;
    out += coloured(name, colours::blue, how.colour) + ": " + safe_text(text) + '\n';
  };
  field("path", e.answer.path.text());
  field("request_id", e.answer.id.text());
  if (e.answer.correlation_id) field("correlation_id", e.answer.correlation_id->text());
  field("source", e.answer.source);
  field("location", e.answer.location);
  field("etag", e.answer.options.etag);
  field("content_format", e.answer.options.content_format);
  if (e.answer.options.max_age) field("max_age", std::to_string(*e.answer.options.max_age));
  field("traceparent", e.answer.options.traceparent);
  if (e.answer.sent_at) field("timestamp", std::to_string(e.answer.sent_at->count));
  return out + '\n';
}

bool has_body(const response& a) { return !a.body.is_null() || a.code == response_code::content; }

std::string body_of(const exchange_record& e, const output_format& how) {
  if (!has_body(e.answer)) return {};
  switch (how.kind) {
    case output_kind::csv: return to_csv(e.answer.body);
    case output_kind::raw:
      if (!e.answer.body.is_string()) break;
      return raw_text(e.answer.body, how) + '\n';
    default: break;
  }
  if (how.terminal) return pretty(e.answer.body, how.width, how.colour) + '\n';
  return safe_json(e.answer.body.text()) + '\n';
}

}  // namespace

std::string message_of(const json_text& body) {
  return body.is_string() ? decode_json_string(body.text()) : std::string(body.text());
}

std::string raw_text(const json_text& body, const output_format& how) {
  return how.terminal ? safe_text(message_of(body), line_ends::kept) : message_of(body);
}

std::string in_milliseconds(std::chrono::microseconds took) {
  const double ms = static_cast<double>(took.count()) / 1000;
  char text[32];
  std::snprintf(text, sizeof text, ms < 1 ? "%.2f" : ms < 9.95 ? "%.1f" : "%.0f", ms);
  return text;
}

std::string status_line(const exchange_record& e, bool colour) {
  const std::string code =
      std::to_string(to_int(e.answer.code)) + ' ' + std::string(to_string(e.answer.code));
  return coloured(code, is_error(e.answer.code) ? colours::red : colours::green, colour) + ' ' +
         coloured(in_milliseconds(e.took) + " ms", colours::dim, colour);
}

std::string to_json(const exchange_record& e) {
  std::string out;
  append_json_string(out += "{\"address\":", e.to.to_string());
  append_member(out, "method", to_string(e.verb));
  out += ",\"code\":" + std::to_string(to_int(e.answer.code));
  append_member(out, "name", to_string(e.answer.code));
  out += ",\"ms\":" + in_milliseconds(e.took);
  append_member(out, "path", e.answer.path.text());
  append_member(out, "request_id", e.answer.id.text());
  append_options(out, e.answer);
  return safe_json(out.append(",\"body\":").append(e.answer.body.text()) + '}', line_ends::replaced);
}

std::string render(const exchange_record& e, const output_format& how) {
  if (!how.format.empty()) return apply_format(how, e) + '\n';
  if (how.kind == output_kind::json) {
    const auto whole = json_text::from_validated(to_json(e));
    return (how.terminal ? pretty(whole, how.width, how.colour) : std::string(whole.text())) + '\n';
  }
  if (how.header) return header_of(e, how) + body_of(e, how);
  return is_error(e.answer.code) ? std::string() : body_of(e, how);
}

std::optional<std::string> fault_of_format(std::string_view format) {
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    const std::string_view letter = format.substr(++i, 1);
    if (letter.empty() || std::string_view("bcdpriJ%").find(letter) == std::string_view::npos)
      return "-F: '%" + std::string(letter) +
             "' is not a field; the fields are %b body, %c code, %d name, %p path, %r request id, %i "
             "milliseconds, "
             "%J all as JSON, %% percent";
  }
  return std::nullopt;
}

std::string apply_format(const output_format& how, const exchange_record& e) {
  const std::string_view format = how.format;
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char next = i + 1 < format.size() ? format[i + 1] : '\0';
    if (format[i] == '\\' && (next == 'n' || next == 't' || next == '\\')) {
      out += next == 'n' ? '\n' : next == 't' ? '\t' : '\\';
      ++i;
    } else if (format[i] != '%') {
      out += format[i];
    } else {
      ++i;
      switch (next) {
        case 'b':
          out +=
              how.kind == output_kind::raw ? raw_text(e.answer.body, how) : safe_json(e.answer.body.text());
          break;
        case 'c': out += std::to_string(to_int(e.answer.code)); break;
        case 'd': out += to_string(e.answer.code); break;
        case 'p': out += safe_text(e.answer.path.text()); break;
        case 'r': out += e.answer.id.text(); break;
        case 'i': out += in_milliseconds(e.took); break;
        case 'J': out += to_json(e); break;
        default: out += '%'; break;
      }
    }
  }
  return out;
}

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return;
  if (errno == EPIPE) throw output_closed();
  throw failure(status_internal,
                "cannot write to standard output: " + std::generic_category().message(errno));
}

void complain(std::string_view line) {
  const std::string whole = std::string(line) + '\n';
  std::fwrite(whole.data(), 1, whole.size(), stderr);
}

void complain_hint(std::string_view hint, bool colour) {
  while (!hint.empty()) {
    const auto line = hint.substr(0, hint.find('\n'));
    complain(coloured("  try: " + safe_text(line), colours::dim, colour));
    hint.remove_prefix(std::min(line.size() + 1, hint.size()));
  }
}

}  // namespace mqcoap::cli
