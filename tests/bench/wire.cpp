#include "wire.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <chrono>
#include <utility>

namespace bench {
namespace {

std::string milliseconds_now() {
  using namespace std::chrono;
  return std::to_string(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
}

/// Searches both ends before the middle, because a large body is before or after the header.
std::size_t find_in_header(std::string_view payload, std::string_view text) noexcept {
  constexpr std::size_t reach = 512;
  if (payload.size() <= 2 * reach) return payload.find(text);
  if (const auto at = payload.substr(0, reach).find(text); at != std::string_view::npos) return at;
  const auto end = payload.size() - reach;
  if (const auto at = payload.substr(end).find(text); at != std::string_view::npos) return end + at;
  return payload.find(text);
}

constexpr std::string_view before_path = R"(","path":")";

}  // namespace

std::optional<target> parse_target(std::string_view text) {
  const auto first = text.find('/');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = text.find('/', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  target out{std::string(text.substr(0, first)), std::string(text.substr(first + 1, second - first - 1)),
             std::string(text.substr(second + 1))};
  if (out.tag.empty() || out.subsystem.empty() || out.path.empty()) return std::nullopt;
  return out;
}

std::string json_of_size(std::size_t bytes) {
  if (bytes < 6) return std::string(bytes, '1');
  std::string out = "[1234";
  while (out.size() + 6 <= bytes) out += ",1234";
  out.append(bytes - out.size() - 1, '5');  // the last number fills the remaining bytes
  out += ']';
  return out;
}

request_writer::request_writer(std::string ns, std::string method, std::string body, int qos)
    : ns_(std::move(ns)), method_(std::move(method)), qos_(qos) {
  if (body.empty()) body = "null";
  has_fresh_body_ = body == id_as_body;
  head_ = R"({"timestamp":)" + milliseconds_now() + R"(,"body":)";
  middle_ = R"(,"header":{"request_id":")";
  if (has_fresh_body_) {
    head_ += '"';
    middle_.insert(0, 1, '"');
  } else {
    head_ += body + std::exchange(middle_, {});
  }
  tail_ = R"(","correlation_id":null,"source":"bench","token":null,"method":")" + method_ + R"("}})";
}

void request_writer::send(mqtt_peer& peer, const target& to, std::string_view id) const {
  const auto fresh = has_fresh_body_ ? id : std::string_view();
  peer.publish(qos_, {ns_, "/", to.subsystem, "/request/", to.tag, "/", id},
               {head_, fresh, middle_, id, before_path, to.path, tail_});
}

std::size_t request_writer::payload_size(const target& to) const noexcept {
  return head_.size() + (has_fresh_body_ ? 36 : 0) + middle_.size() + 36 + before_path.size() +
         to.path.size() + tail_.size();
}

std::optional<topic_parts> parse_topic(std::string_view topic) noexcept {
  topic_parts out;
  std::string_view* const levels[] = {&out.ns, &out.subsystem, &out.kind, &out.tag};
  for (auto* level : levels) {
    const auto slash = topic.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    *level = topic.substr(0, slash);
    topic.remove_prefix(slash + 1);
  }
  if (topic.find('/') != std::string_view::npos) return std::nullopt;
  out.id = topic;
  return out;
}

std::optional<int> response_code_in(std::string_view payload) noexcept {
  constexpr std::string_view name = R"("response_code")";
  auto at = find_in_header(payload, name);
  if (at == std::string_view::npos) return std::nullopt;
  at = payload.find_first_not_of(": ", at + name.size());
  if (at == std::string_view::npos) return std::nullopt;
  int code = 0;
  const auto read = std::from_chars(payload.data() + at, payload.data() + payload.size(), code);
  if (read.ec != std::errc{}) return std::nullopt;
  return code;
}

bool names_id(std::string_view payload, std::string_view id) noexcept {
  return find_in_header(payload, id) != std::string_view::npos;
}

std::string fault_of(std::string_view payload, const target& requested, std::string_view id, int code) {
  boost::system::error_code failed;
  const auto value = boost::json::parse({payload.data(), payload.size()}, failed);
  if (failed) return "the answer is not JSON: " + failed.message();
  const auto* object = value.if_object();
  const auto* member = object ? object->if_contains("header") : nullptr;
  const auto* header = member ? member->if_object() : nullptr;
  if (!header) return "the answer has no header object";
  const auto is = [&](const char* name, const boost::json::value& wanted) {
    const auto* found = header->if_contains(name);
    return found && *found == wanted;
  };
  if (!is("response_code", code)) {
    return "expected " + std::to_string(code) + ", found " + std::string(payload.substr(0, 400));
  }
  if (!is("request_id", boost::json::string(id))) return "the answer names another request id";
  if (!is("path", boost::json::string(requested.path))) return "the answer names another path";
  if (!object->contains("body") || !object->contains("timestamp"))
    return "the answer lacks body or timestamp";
  return {};
}

}  // namespace bench
