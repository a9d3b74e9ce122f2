#include "world.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <mqcoap/protocol/general_topic.hpp>
#include <stdexcept>

namespace mqcoap::scenario {
namespace {

namespace json = boost::json;

[[noreturn]] void wrong(const std::string& message) { throw std::runtime_error(message); }

/// Removes and returns the next word.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const auto word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return word;
}

json::object take_json(std::string_view text) {
  return text.empty() ? json::object() : json::parse(text).as_object();
}

/// Returns true if `whole` contains everything in `part`; strings in `part` may end with `*`.
bool contains(const json::value& whole, const json::value& part) {
  if (part.is_object() && whole.is_object()) {
    return std::all_of(part.get_object().begin(), part.get_object().end(), [&](const auto& member) {
      const auto* found = whole.get_object().if_contains(member.key());
      return found ? contains(*found, member.value()) : member.value() == json::value("<absent>");
    });
  }
  if (part.is_string() && whole.is_string() && part.get_string().ends_with("*")) {
    const std::string_view middle =
        std::string_view(part.get_string()).substr(0, part.get_string().size() - 1);
    return std::string_view(whole.get_string()).find(middle) != std::string_view::npos;
  }
  return whole == part;
}

std::string id_text(int number) {
  char text[40];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012d", number);
  return text;
}

std::string topic_of(const std::string& ns, const address& to, const std::string& kind,
                     const std::string& id) {
  return ns + '/' + to.subsystem.text() + '/' + kind + '/' + to.tag.text() + '/' + id;
}

address parse_address(std::string_view text) {
  const auto to = address::parse(text);
  if (!to) wrong("'" + std::string(text) + "' is no address");
  return *to;
}

void merge(json::object& into, const json::object& more) {
  for (const auto& member : more) into[member.key()] = member.value();
}

}  // namespace

world::world(std::string folder)
    : lab_(std::move(folder), {[this](const std::string& broker, const inbound& m) {
             auto& to = m.topic.find("/response/") != std::string_view::npos ? answers_
                        : m.topic.find("/event/") != std::string_view::npos  ? events_
                                                                             : requests_;
             to.push_back({broker, std::string(m.topic), std::string(m.payload)});
           }}) {}

void world::settle() {
  lab_.settle();
  forget_own();
}

/// Removes messages of the script itself, which are also observed, even when a broker sends them back.
void world::forget_own() {
  if (lab_.suspended()) return;
  const auto is_own = [this](const seen& s) { return own_topics_.contains(s.topic); };
  std::erase_if(requests_, is_own);
  std::erase_if(answers_, is_own);
}

void world::play(const script& s) {
  for (const auto& each : s.steps) try {
      play(each);
    } catch (const std::exception& e) {
      wrong("line " + std::to_string(each.line) + ": " + each.verb + ' ' + each.rest + "\n    " + e.what());
    }
  if (!requests_.empty()) wrong("at the end: an unexpected request at a device: " + requests_.front().topic);
  if (!answers_.empty()) wrong("at the end: an unexpected answer: " + answers_.front().payload);
  if (!events_.empty()) wrong("at the end: an unexpected event: " + events_.front().topic);
}

void world::play(const step& s) {
  if (s.verb == "CONFIG") {
    lab_.load(s.rest);
    return forget_own();
  }
  if (!lab_.loaded()) wrong("CONFIG comes first");
  if (s.verb == "RELOAD")
    lab_.reload(s.rest);
  else if (s.verb == "CALLER")
    caller(s.rest);
  else if (s.verb == "DEVICE")
    device(s.rest);
  else if (s.verb == "BROKER")
    broker(s.rest);
  else if (s.verb == "ELAPSE")
    elapse(s.rest);
  else if (s.verb == "EXPECT")
    expect(s.rest);
  else if (s.verb == "GATEWAY")
    the_gateway(s.rest);
  else
    wrong("unknown step");
}

void world::the_gateway(std::string_view rest) {
  if (rest == "stops") {
    lab_.stop();
    lab_.abandon();
  } else if (rest == "is suspended") {
    lab_.suspend();
  } else if (rest == "goes on" && lab_.suspended()) {
    lab_.go_on();
  } else {
    wrong("the gateway stops, is suspended or goes on");
  }
  settle();
}

void world::caller(std::string_view rest) {
  auto& on = lab_.default_site().outside();
  const auto verb = take_word(rest);
  if (verb == "RAW") {
    const std::string topic(take_word(rest));
    own_topics_.emplace(topic);
    on.publish(topic, rest, steady_time::max());
    return settle();
  }
  const auto to = parse_address(take_word(rest));
  const auto given = take_json(rest);
  const auto* given_id = given.if_contains("id");
  const std::string id = given_id ? std::string(given_id->as_string()) : id_text(next_id_++);
  json::object header{{"method", verb}, {"path", to.path.text()}, {"request_id", id}};
  if (const auto* more = given.if_contains("header")) merge(header, more->as_object());
  json::object payload{{"header", header}, {"timestamp", "1745534869619"}};
  if (const auto* body = given.if_contains("body")) payload["body"] = *body;
  const auto topic = topic_of(lab_.configuration().gateway.ns.text(), to, "request", id);
  own_topics_.emplace(topic);
  on.publish(topic, json::serialize(payload), steady_time::max(), {.retain = given.contains("retain")});
  settle();
}

void world::device(std::string_view rest) {
  if (!hop_) wrong("no request was expected at a device before");
  const auto what = take_word(rest);
  std::string topic = hop_->topic;
  topic.replace(topic.find("/request/"), 9, "/response/");
  auto& on = lab_.site_of(hop_->broker).outside();
  if (what == "sends") {
    own_topics_.emplace(topic);
    on.publish(topic, rest, steady_time::max());
    return settle();
  }
  const auto code = std::stoll(std::string(take_word(rest)));
  const auto given = take_json(rest);
  const auto requested = json::parse(hop_->payload).as_object();
  json::object header{{"response_code", code},
                      {"path", requested.at("header").at("path")},
                      {"request_id", requested.at("header").at("request_id")},
                      {"correlation_id", nullptr}};
  if (const auto* more = given.if_contains("header")) merge(header, more->as_object());
  json::object payload{{"header", header}, {"body", nullptr}, {"timestamp", "1745534869620"}};
  if (const auto* body = given.if_contains("body")) payload["body"] = *body;
  if (const auto* other = given.if_contains("topic")) topic = std::string(other->as_string());
  own_topics_.emplace(topic);
  on.publish(topic, json::serialize(payload), steady_time::max());
  settle();
}

void world::broker(std::string_view rest) {
  auto& b = *lab_.site_of(take_word(rest)).broker;
  const auto what = take_word(rest);
  if (what == "down")
    b.go_down();
  else if (what == "up")
    b.come_up();
  else if (what == "denies")
    b.deny(std::string(rest));
  else if (what == "ignores")
    b.ignore(std::string(rest));
  else if (what == "allows")
    b.allow_all();
  else if (what == "bridges") {
    auto& other = *lab_.site_of(take_word(rest)).broker;
    b.bridge(other, std::string(rest));
    other.bridge(b, std::string(rest));
  } else if (what == "takes")
    b.limit_payload(std::stoull(std::string(take_word(rest))));
  else
    wrong("a broker goes down, up, denies, ignores, allows, bridges or takes");
  settle();
}

void world::elapse(std::string_view rest) {
  lab_.elapse(std::chrono::milliseconds(std::stoll(std::string(take_word(rest)))));
  forget_own();
}

void world::expect(std::string_view rest) {
  if (rest == "nothing") {
    if (!requests_.empty()) wrong("a request reached a device: " + requests_.front().topic);
    if (!answers_.empty()) wrong("an answer came: " + answers_.front().payload);
    if (!events_.empty()) wrong("an event came: " + events_.front().topic);
  } else if (rest.starts_with("forwarded to ")) {
    rest.remove_prefix(13);
    expect_forwarded(rest);
  } else if (rest.starts_with("event ")) {
    rest.remove_prefix(6);
    expect_event(rest);
  } else if (rest.find(" to the caller") != std::string_view::npos) {
    expect_answer(rest);
  } else {
    expect_count(rest);
  }
}

void world::expect_forwarded(std::string_view rest) {
  if (requests_.empty()) wrong("no request reached a device");
  hop_ = requests_.front();
  requests_.pop_front();
  const auto to = parse_address(take_word(rest));
  if (rest.starts_with("on ")) {
    take_word(rest);
    if (const auto name = take_word(rest); hop_->broker != name) wrong("it came on broker " + hop_->broker);
  }
  const auto topic = exchange_topic::parse(hop_->topic);
  const auto payload = json::parse(hop_->payload);
  if (topic->tag() != to.tag.text() || topic->subsystem() != to.subsystem.text() ||
      payload.at("header").at("path") != json::value(to.path.text()))
    wrong("it was " + hop_->topic + ' ' + hop_->payload);
  if (!contains(payload, take_json(rest))) wrong("its payload was " + hop_->payload);
}

void world::expect_answer(std::string_view rest) {
  if (answers_.empty()) wrong("no answer came");
  const auto got = answers_.front();
  answers_.pop_front();
  const auto code = std::stoll(std::string(take_word(rest)));
  rest.remove_prefix(std::string_view("to the caller").size());
  auto payload = json::parse(got.payload);
  payload.as_object()["topic"] = got.topic;
  if (payload.at("header").at("response_code").as_int64() != code || !contains(payload, take_json(rest)))
    wrong("it was " + got.topic + ' ' + got.payload);
}

void world::expect_event(std::string_view rest) {
  if (events_.empty()) wrong("no event came");
  const auto got = events_.front();
  events_.pop_front();
  const auto from = parse_address(take_word(rest));
  const auto topic = general_topic::parse(got.topic);
  if (!topic || topic->tag != from.tag || topic->subsystem != from.subsystem || !(topic->path == from.path) ||
      !contains(json::parse(got.payload), take_json(rest)))
    wrong("it was " + got.topic + ' ' + got.payload);
}

void world::expect_count(std::string_view rest) {
  const auto number = std::stoull(std::string(take_word(rest)));
  if (rest == "requests remembered") {
    const auto kept = lab_.running().run_once_usage().entries;
    return kept == number ? void() : wrong("it was " + std::to_string(kept));
  }
  for (std::size_t i = 0; i < event_count; ++i) {
    const auto what = static_cast<event>(i);
    if (to_string(what) != rest) continue;
    if (const auto counted = lab_.running().counted()[what]; counted != number)
      wrong("it was " + std::to_string(counted));
    return;
  }
  wrong("unknown expectation");
}

}  // namespace mqcoap::scenario
