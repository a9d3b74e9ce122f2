#include <charconv>
#include <mqcoap/protocol/codec.hpp>

namespace mqcoap {
namespace {

void append_integer(std::string& out, std::int64_t number) {
  char digits[24];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, number);
  out.append(digits, end);
}

/// Appends `,"name":"text"` with the escaped text.
void append_text(std::string& out, std::string_view name, std::string_view text) {
  out.append(",\"").append(name).append("\":");
  append_json_string(out, text);
}

void append_text_if(std::string& out, std::string_view name, std::string_view text) {
  if (!text.empty()) append_text(out, name, text);
}

void append_integer(std::string& out, std::string_view name, std::int64_t number) {
  out.append(",\"").append(name).append("\":");
  append_integer(out, number);
}

/// An id consists of `[A-Za-z0-9_.-]`, which needs no escapes.
void append_correlation(std::string& out, const std::optional<request_id>& id, bool explicit_null) {
  if (id)
    out.append(",\"correlation_id\":\"").append(id->text()).append(1, '"');
  else if (explicit_null)
    out.append(",\"correlation_id\":null");
}

void append_unknown(std::string& out, const std::vector<header_field>& fields) {
  for (const auto& f : fields) out.append(1, ',').append(f.key).append(1, ':').append(f.value);
}

void append_timestamp(std::string& out, unix_millis now) {
  out.append(",\"timestamp\":\"");
  append_integer(out, now.count);
  out.append("\"}");
}

void append_options(std::string& out, const request_options& o) {
  if (o.proxy_uri) append_text(out, "proxy_uri", o.proxy_uri->to_string());
  if (o.timeout) append_integer(out, "timeout_ms", o.timeout->count());
  if (o.hops) append_integer(out, "hops", *o.hops);
  append_text_if(out, "etag", o.etag);
  append_text_if(out, "if_match", o.if_match);
  append_text_if(out, "if_none_match", o.if_none_match);
  if (o.create_only) out.append(",\"if_none_match\":true");
  append_text_if(out, "accept", o.accept);
  append_text_if(out, "content_format", o.content_format);
  if (!o.critical.empty()) out.append(",\"critical\":").append(o.critical);
  append_text_if(out, "traceparent", o.traceparent);
}

void append_options(std::string& out, const response_options& o) {
  append_text_if(out, "etag", o.etag);
  append_text_if(out, "content_format", o.content_format);
  if (o.max_age) append_integer(out, "max_age", *o.max_age);
  append_text_if(out, "traceparent", o.traceparent);
}

}  // namespace

void encode(std::string& out, const request& r, wire_format format) {
  const bool compact = format == wire_format::compact;
  out.append("{\"header\":{\"method\":");
  if (compact)
    append_integer(out, static_cast<int>(r.verb));
  else
    out.append(1, '"').append(to_string(r.verb)).append(1, '"');
  append_text(out, "path", r.path.text());
  out.append(",\"request_id\":\"").append(r.id.text()).append(1, '"');
  append_correlation(out, r.correlation_id, !compact);
  if (r.token) append_text(out, "token", r.token->reveal());
  append_text_if(out, "source", r.source);
  append_options(out, *r.options);
  append_unknown(out, r.unknown);
  out.append(1, '}');
  if (!compact || !r.body.is_null()) out.append(",\"body\":").append(r.body.text());
  if (r.sent_at)
    append_timestamp(out, *r.sent_at);
  else
    out.append(1, '}');
}

void encode_answer(std::string& out, const answer& a, const request& to, std::string_view tag,
                   unix_millis now) {
  out.reserve(out.size() + a.body.text().size() + 384);
  out.append("{\"header\":{\"response_code\":");
  append_integer(out, to_int(a.code));
  append_text(out, "path", to.path.text());
  out.append(",\"request_id\":\"").append(to.id.text()).append(1, '"');
  append_correlation(out, to.correlation_id, true);
  append_text(out, "source", a.source.empty() ? tag : std::string_view(a.source));
  append_text_if(out, "location", a.location);
  append_options(out, a.options);
  append_unknown(out, a.unknown);
  out.append("},\"body\":").append(a.body.text());
  append_timestamp(out, now);
}

void encode_fault(std::string& out, const decode_fault& fault, std::string_view topic_id,
                  std::string_view tag, unix_millis now) {
  const auto text_or = [&out](const std::string& text, std::string_view otherwise) {
    out.append(text.empty() ? otherwise : std::string_view(text));
  };
  out.append("{\"header\":{\"response_code\":");
  append_integer(out, to_int(fault.code));
  out.append(",\"path\":");
  text_or(fault.path, "\"unknown\"");
  // Uses the topic's id, which the caller waits for; that of the payload may be wrong.
  append_text(out, "request_id", topic_id);
  out.append(",\"correlation_id\":");
  text_or(fault.correlation_id, "null");
  append_text(out, "source", tag);
  out.append("},\"body\":");
  append_json_string(out, fault.message);
  append_timestamp(out, now);
}

void encode(std::string& out, const general& g) {
  out.append("{\"body\":").append(g.body.text());
  if (g.sent_at)
    append_timestamp(out, *g.sent_at);
  else
    out.append(1, '}');
}

}  // namespace mqcoap
