#include "session/recording.hpp"

#include <spdlog/fmt/chrono.h>
#include <spdlog/fmt/fmt.h>

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <cmath>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/settings/source_file.hpp>

#include "words/base64.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

std::string iso_text(unix_millis at) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<std::time_t>(at.count / 1000)),
                     at.count % 1000);
}

/// Returns a string member, or null; the caller reports the error.
const boost::json::string* text_member(const boost::json::object& o, const char* name) {
  const auto* value = o.if_contains(name);
  return value != nullptr ? value->if_string() : nullptr;
}

}  // namespace

std::string to_line(const recorded_message& m) {
  std::size_t bad_at = 0;
  const bool is_text = is_utf8(m.payload, bad_at);
  std::string line = fmt::format(R"({{"t":{:.3f},"at":"{}","topic":)", static_cast<double>(m.t.count()) / 1e3,
                                 iso_text(m.at));
  append_json_string(line, m.topic);
  line += R"(,"payload":)";
  append_json_string(line, is_text ? m.payload : to_base64(m.payload));
  if (!is_text) line += R"(,"encoding":"base64")";
  return safe_json(line + '}');
}

recorded_message parse_recorded(std::string_view line) {
  const auto json = json_text::parse(line, 32);
  const auto value = json ? json->value() : boost::json::value();
  const auto* o = value.if_object();
  if (o == nullptr) throw failure(status_usage, "expected a JSON object such as `mqcoap record` writes");
  const auto* t = o->if_contains("t");
  const auto* topic = text_member(*o, "topic");
  const auto* payload = text_member(*o, "payload");
  if (t == nullptr || !t->is_number() || !(t->to_number<double>() >= 0) || t->to_number<double>() > 1e12)
    throw failure(status_usage, "expected `t`, the milliseconds since the beginning");
  if (topic == nullptr) throw failure(status_usage, "expected `topic`, a string");
  if (payload == nullptr) throw failure(status_usage, "expected `payload`, a string");
  recorded_message m;
  m.t = std::chrono::microseconds(std::llround(t->to_number<double>() * 1e3));
  m.topic.assign(topic->data(), topic->size());
  m.payload.assign(payload->data(), payload->size());
  if (const auto* encoding = o->if_contains("encoding")) {
    auto decoded = *encoding == "base64" ? from_base64(m.payload) : std::nullopt;
    if (!decoded)
      throw failure(status_usage, "expected `payload` in base64, as `encoding` says; no other is known");
    m.payload = *std::move(decoded);
  }
  return m;
}

}  // namespace mqcoap::cli
