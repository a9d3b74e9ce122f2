#include <mqcoap/protocol/presence.hpp>

#include <charconv>
#include <cstdint>
#include <mqcoap/json/json_members.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/protocol/general_topic.hpp>
#include <utility>
#include <variant>

namespace mqcoap {
namespace {

constexpr std::string_view default_prefix = "mqcoap";
constexpr std::size_t digits = 12;  // with "mqcoap-p", 20 characters: any broker accepts 23

/// Computes FNV-1a, 64 bits, which is the same on every machine and in every version, unlike std::hash.
std::uint64_t stable_hash(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const unsigned char c : text) hash = (hash ^ c) * 0x100000001b3U;
  return hash;
}

std::string text_of(std::string_view value) {
  if (value.empty() || value == "null") return {};
  return value.front() == '"' ? decode_json_string(value) : std::string(value);
}

/// Reads decimal milliseconds, written as a JSON number or a string.
std::optional<unix_millis> time_of(std::string_view value) {
  const auto text = text_of(value);
  unix_millis time;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, time.count);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return time;
}

}  // namespace

std::string presence_topic(const namespace_name& ns, const device_tag& tag) {
  return general_topic(ns, *subsystem_name::parse("gateway"), general_topic::kind::system, tag,
                       *resource_path::parse("presence"))
      .text();
}

std::string presence_payload(bool online, unix_millis since) {
  const boost::json::object body{{"state", online ? "ONLINE" : "OFFLINE"},
                                 {"last_updated", std::to_string(since.count)}};
  std::string payload;
  encode(payload, general{json_text::from_value(body), since});
  return payload;
}

std::string presence_client_id(std::string_view prefix, const namespace_name& ns, const device_tag& tag) {
  constexpr std::string_view hexadecimal = "0123456789abcdef";
  auto hash = stable_hash(ns.text() + '/' + tag.text());
  std::string id(prefix.empty() ? default_prefix : prefix);
  id += "-p";
  for (std::size_t i = 0; i < digits; ++i, hash >>= 4U) id += hexadecimal[hash & 0xfU];
  return id;
}

std::optional<presence_report> read_presence(std::string_view payload) {
  const auto decoded = decode(payload, {.limits = {}, .ids = validation::lenient});
  const auto* const heard = decoded ? std::get_if<general>(&*decoded) : nullptr;
  if (heard == nullptr) return std::nullopt;
  presence_report found;
  const auto body = heard->body.text();
  if (body.front() == '{') {
    for (json_members m(body); m.next();) {
      if (m.key() == R"("state")") found.state = text_of(m.value());
      if (m.key() == R"("last_updated")") found.updated = time_of(m.value());
    }
  } else {
    found.state = text_of(body);
  }
  if (!found.updated) found.updated = heard->sent_at;
  return found;
}

}  // namespace mqcoap
