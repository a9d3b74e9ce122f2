#include "output/findings.hpp"

#include <algorithm>
#include <cstdlib>
#include <mqcoap/base/safe_text.hpp>

#include "output/style.hpp"
#include "words/json_parts.hpp"

namespace mqcoap::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto tolerated_wait = 20ms;
constexpr std::int64_t tolerated_skew = 1000;  // milliseconds
constexpr std::int64_t broken_skew = 24 * 3600 * 1000;
constexpr std::int64_t farthest_time = 1'000'000'000'000'000;

std::string seconds(std::int64_t millis) {
  if (millis < 100'000)
    return std::to_string(millis / 1000) + '.' + std::to_string(millis % 1000 / 100) + " s";
  if (millis < 100 * 3'600'000LL) return std::to_string((millis + 30'000) / 60'000) + " min";
  return std::to_string(millis / 86'400'000) + " days";
}

}  // namespace

std::string_view name_of(verdict v) noexcept {
  switch (v) {
    case verdict::ok: return "ok";
    case verdict::warn: return "warn";
    case verdict::fail: return "fail";
  }
  return "fail";
}

std::string show_finding(const finding& f, const output_format& how) {
  if (how.kind == output_kind::json) {
    std::string out;
    append_json_string(out += "{\"check\":", f.what);
    append_json_string(out += ",\"result\":", name_of(f.result));
    append_json_string(out += ",\"found\":", f.message);
    append_json_string(out += ",\"advice\":", f.advice);
    return safe_json(out) + "}\n";
  }
  constexpr std::size_t result_width = 6;
  constexpr std::size_t what_width = 16;
  const auto colour = f.result == verdict::ok     ? colours::green
                      : f.result == verdict::warn ? colours::yellow
                                                  : colours::red;
  std::string out = coloured(name_of(f.result), colour, how.colour);
  out.append(result_width - name_of(f.result).size(), ' ').append(f.what);
  out.append(f.what.size() < what_width ? what_width - f.what.size() : 1, ' ').append(safe_text(f.message)) +=
      '\n';
  if (!f.advice.empty())
    out += std::string(result_width + what_width, ' ') +
           coloured("-> " + safe_text(f.advice), colours::dim, how.colour) + '\n';
  return out;
}

std::chrono::microseconds median(std::vector<std::chrono::microseconds> times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

finding judge_round_trip(std::chrono::microseconds p50, std::chrono::microseconds handshake) {
  finding f{.what = "round trip",
            .message = "a request to ourselves takes " + in_milliseconds(p50) + " ms (median)"};
  if (p50 <= 2 * handshake + tolerated_wait) return f;
  f.result = verdict::warn;
  f.advice =
      "the broker or the network is busy: what else runs on the broker's machine, and what does its log say?";
  return f;
}

std::optional<std::vector<finding>> judge_gateway(std::string_view status) {
  if (status.front() != '{' || member_of(status, "ready").empty()) return std::nullopt;
  std::vector<finding> out;
  finding ready{.what = "gateway", .message = "the gateway reports that it is ready"};
  if (member_of(status, "ready") != "true") {
    ready.result = verdict::fail;
    ready.status = status_server_error;
    ready.message = "the gateway reports that it is not ready";
    if (const auto why = member_of(status, "why_not_ready"); why.starts_with('"'))
      ready.message += ": " + safe_text(decode_json_string(why));
    ready.advice = "its log, `.gw/status` and `.gw/brokers` tell more";
  }
  out.push_back(std::move(ready));
  const auto presence = member_of(status, "presence");
  const auto failing = presence.starts_with('{') ? member_of(presence, "failing") : std::string_view();
  if (!failing.starts_with('[') || items_of(failing).empty()) return out;
  const auto first = items_of(failing).front();
  finding f{.result = verdict::warn, .what = "presence"};
  if (first.starts_with('{')) {
    const auto text = [first](std::string_view name) {
      const auto value = member_of(first, name);
      return value.starts_with('"') ? safe_text(decode_json_string(value)) : std::string("?");
    };
    f.message = "not announced: " + text("tag") + ": " + text("why");
  }
  f.advice = "`mqcoap ls` shows such devices as OFFLINE, or not at all";
  out.push_back(std::move(f));
  return out;
}

finding judge_clock(unix_millis sent, unix_millis came, std::chrono::microseconds took) {
  const std::int64_t half = took.count() / 2000;
  // A device may send any number.
  const auto said = std::clamp(sent.count, -farthest_time, farthest_time);
  const std::int64_t skew = said - (came.count - half);
  const std::int64_t off = std::max<std::int64_t>(std::abs(skew) - half, 0);
  finding f{.what = "clock"};
  if (off <= tolerated_skew) {
    f.message = "the device's clock and ours agree";
    return f;
  }
  f.result = verdict::warn;
  f.message =
      "the device's clock is " + seconds(std::abs(skew)) + (skew > 0 ? " ahead of ours" : " behind ours");
  f.advice = off > broken_skew ? "the device's clock is not set: check `timedatectl` and the NTP server there"
                               : "timedatectl here and on the device: is the clock synchronised?";
  return f;
}

}  // namespace mqcoap::cli
