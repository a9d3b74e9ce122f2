#include "session/replay_plan.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <mqcoap/base/text_map.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <utility>

#include "output/exchange_fields.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

class planner {
 public:
  explicit planner(replay_choice choice) : choice_(choice) {}

  void take(const recorded_message& m) {
    const auto topic = exchange_topic::parse(m.topic);
    if (!topic) return;
    if (topic->which() == exchange_topic::kind::response)
      take_response(*topic, m);
    else
      take_request(*topic, m);
  }

  replay_plan finish() && {
    auto& requests = plan_.requests;
    std::stable_sort(requests.begin(), requests.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    if (!requests.empty())
      for (const auto first = requests.front().at; auto& r : requests) r.at -= first;
    return std::move(plan_);
  }

 private:
  /// Only the first answer counts, as for the caller.
  void take_response(const exchange_topic& topic, const recorded_message& m) {
    const auto found = places_.find(exchange_key(topic));
    if (found == places_.end()) return;
    auto& request = plan_.requests[found->second];
    if (request.code) return;
    request.code = read_fields(topic, m.payload).code;
    request.body = read_body(m.payload);
  }

  void take_request(const exchange_topic& topic, const recorded_message& m) {
    const auto id = request_id::parse(topic.id(), validation::lenient);
    auto decoded = decode_request(m.payload, topic.id(), foreign_rules);
    if (!id || (!decoded && !choice_.same_ids)) {
      ++plan_.broken_left_out;
    } else if (!choice_.writes && (!decoded || decoded->verb != method::get)) {
      ++plan_.writes_left_out;
    } else if (!places_.emplace(exchange_key(topic), plan_.requests.size()).second) {
      ++plan_.repeats_left_out;
    } else {
      std::optional<request> understood;
      if (decoded) understood = *std::move(decoded);
      plan_.requests.push_back({m.t,
                                *device_tag::parse(topic.tag()),
                                *subsystem_name::parse(topic.subsystem()),
                                *id,
                                m.payload,
                                std::move(understood),
                                std::nullopt,
                                {}});
    }
  }

  const replay_choice choice_;
  replay_plan plan_;
  text_map<std::size_t> places_;
};

}  // namespace

recording read_recording(std::istream& in, const std::string& name) {
  recording out;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.empty()) continue;
    try {
      out.messages.push_back(parse_recorded(line));
    } catch (const failure& e) {
      // An incomplete last line that begins like the others is ignored.
      if (in.eof() && line.front() == '{') {
        out.cut_short = true;
        break;
      }
      throw failure(e.status(), fmt::format("{}:{}: {}", name, number, e.what()));
    }
  }
  return out;
}

replay_plan make_plan(const std::vector<recorded_message>& messages, replay_choice choice) {
  planner p(choice);
  for (const auto& m : messages) p.take(m);
  return std::move(p).finish();
}

std::string payload_of(const planned_request& r, const request_id& id, unix_millis now, bool as_recorded) {
  if (as_recorded || !r.decoded) return r.payload;
  request fresh = *r.decoded;
  fresh.id = id;
  fresh.sent_at = now;
  std::string payload;
  encode(payload, fresh);
  return payload;
}

}  // namespace mqcoap::cli
