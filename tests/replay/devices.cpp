#include "devices.hpp"

#include <limits>
#include <utility>

namespace mqcoap::replay {
namespace {

/// Returns the text of a string member as written in JSON.
std::string member(std::string_view payload, std::string_view name) {
  const auto begin = payload.find("\"" + std::string(name) + "\":\"");
  if (begin == std::string_view::npos) return {};
  const auto from = begin + name.size() + 4;
  auto end = from;
  while (end < payload.size() && payload[end] != '"') end += payload[end] == '\\' ? 2 : 1;
  return std::string(payload.substr(from, end - from));
}

/// Returns the first letter of the method; on a route with `wire: compact`, it is a number.
char verb_of(std::string_view payload) {
  const auto at = payload.find("\"method\":");
  if (at == std::string_view::npos || at + 11 > payload.size()) return '?';
  const char first = payload[at + 9];
  if (first != '"') return first == '1' ? 'G' : first == '4' ? 'D' : first == '2' ? 'P' : 'U';
  return payload[at + 10] == 'P' ? payload[at + 11] == 'O' ? 'P' : 'U' : payload[at + 10];
}

}  // namespace

std::string devices::with_header(const received_request& q, const std::string& code,
                                 const std::string& rest) {
  return R"({"header":{"response_code":)" + code + R"(,"path":")" + q.path + R"(","request_id":")" + q.id +
         R"(","correlation_id":null)" + rest + "}";
}

std::string devices::well(const received_request& q, std::size_t n) {
  constexpr char end[] = R"(,"timestamp":"1745534869620"})";
  switch (q.verb) {
    case 'G':
      return with_header(q, "205", R"(,"etag":"v)" + std::to_string(n) + "\"") + R"(,"body":{"n": )" +
             std::to_string(n) + "}" + end;
    case 'P': return with_header(q, "201", R"(,"location":")" + q.path + R"(/1")") + R"(,"body":null)" + end;
    case 'D': return with_header(q, "202") + end;
    default:
      return with_header(q, "204", R"(,"source":")" + q.tag + R"(","extra":[1])") + R"(,"body":null)" + end;
  }
}

std::string devices::with_code(const received_request& q) {
  const auto code =
      dice_.one_of({"201", "202", "203", "204", "205", "400",     "401",   "402",  "403", "404",
                    "405", "406", "412", "413", "415", "500",     "501",   "502",  "503", "504",
                    "505", "200", "206", "299", "418", "429",     "499",   "501",  "508", "599",
                    "100", "302", "600", "0",   "-1",  "\"205\"", "205.0", "null", "2e2", "99999999999"});
  const auto rest = dice_.one_of({"", R"(,"location":"/items/3")", R"(,"location":7)", R"(,"max_age":30)",
                                  R"(,"max_age":"long","etag":7)", R"(,"content_format":"text/plain")",
                                  R"(,"source":"somebody","token":"leaked")"});
  const auto body = dice_.one_of({"", R"(,"body":null)", R"(,"body":"")", R"(,"body":"words of the device")",
                                  R"(,"body":{"code":7})", R"(,"body":[1,2])", R"(,"body":{"a":1,"a":2})"});
  return with_header(q, code, rest) + body + R"(,"timestamp":)" +
         dice_.one_of({"\"1\"", "1", "null", "1.5"}) + "}";
}

/// Uses a fixed id, because an excerpt of it appears in the gateway's message, and the ids of
/// hops are random.
std::string devices::malformed(received_request q) {
  q.id = "00000000-0000-4000-8000-00000000feed";
  const auto good = well(q, 0);
  switch (dice_.below(5)) {
    case 0: return good.substr(0, dice_.below(good.size()));
    case 1: return "[" + good + "]";
    case 2: return with_header(q, "205") + R"(,"body":")" + std::string(5000, 'z') + R"(","timestamp":1})";
    case 3:
      return with_header(q, "205") + R"(,"body":)" + std::string(12, '[') + std::string(12, ']') +
             R"(,"timestamp":1})";
    default:
      return dice_.one_of({"", "null", "7", "\"ok\"", "{}", R"({"header":null,"body":1,"timestamp":1})",
                           R"({"body":1,"timestamp":1})", "\xFF\xFF", "OK",
                           "{\"header\":{\"response_code\":205}}"}) +
             std::string();
  }
}

/// Answers the right request under wrong names.
void devices::answer_elsewhere(std::int64_t now, received_request q) {
  switch (dice_.below(6)) {
    case 0: q.path += "/other"; return answer(now, q, "another path", well(q, request_count_));
    case 1: q.path = '/' + q.path; return answer(now, q, "a slash before the path", well(q, request_count_));
    case 2:
      q.id = "00000000-0000-4000-8000-00000000beef";
      return answer(now, q, "another id", well(q, request_count_));
    case 3:
      q.topic.replace(q.topic.find('/') + 1, 1, "Z");
      return answer(now, q, "another subsystem", well(q, request_count_));
    case 4:
      q.broker = q.broker == "lab" || q.broker == "a" ? "far" : "lab";
      return answer(now, q, "by another broker", well(q, request_count_));
    default: {
      auto payload = well(q, request_count_);
      payload.insert(11, R"("method":"GET",)");
      return answer(now, q, "with a method", std::move(payload));
    }
  }
}

void devices::on_request(std::int64_t now, const std::string& broker, std::string_view topic,
                         std::string_view payload) {
  received_request q{broker, std::string(topic), member(payload, "path"), member(payload, "request_id"),
                     {},     verb_of(payload)};
  const auto kind = q.topic.find("/request/");
  q.topic.replace(kind, 9, "/response/");
  q.tag = q.topic.substr(kind + 10, q.topic.rfind('/') - kind - 10);
  ++request_count_;
  if (conduct_ == conduct::silent) return;
  if (conduct_ == conduct::late) return answer(now + 6000, q, "too late", well(q, request_count_));
  const auto roll = dice_.below(100);
  const auto soon = now + 1 + static_cast<std::int64_t>(dice_.below(40));
  if (conduct_ == conduct::well || roll < 40) return answer(now, q, "at once", well(q, request_count_));
  if (roll < 56)
    return answer(now + 50 + static_cast<std::int64_t>(dice_.below(900)), q, "slowly",
                  well(q, request_count_));
  if (roll < 65)
    return answer(now + 4100 + static_cast<std::int64_t>(dice_.below(4000)), q, "too late",
                  well(q, request_count_));
  if (roll < 70) return;
  if (roll < 74) {
    answer(soon, q, "twice", well(q, request_count_));
    return answer(soon + 5, q, "again", well(q, request_count_ + 1));
  }
  if (roll < 86) return answer(soon, q, "with a code", with_code(q));
  if (roll < 94) return answer(soon, q, "malformed", malformed(q));
  answer_elsewhere(soon, q);
  if (dice_.chance(50)) answer(soon + 100, q, "and right", well(q, request_count_));
}

void devices::answer(std::int64_t at, const received_request& q, const std::string& manner,
                     std::string payload) {
  due_.emplace(at, device_message{manner, q.broker, q.topic, std::move(payload)});
}

std::optional<device_message> devices::take_due(std::int64_t now_ms) {
  if (due_.empty() || due_.begin()->first > now_ms) return std::nullopt;
  auto taken = std::move(due_.begin()->second);
  due_.erase(due_.begin());
  return taken;
}

std::int64_t devices::next_due() const noexcept {
  return due_.empty() ? std::numeric_limits<std::int64_t>::max() : due_.begin()->first;
}

}  // namespace mqcoap::replay
