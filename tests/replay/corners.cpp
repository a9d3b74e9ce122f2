#include "corners.hpp"

#include <string>
#include <utility>

namespace mqcoap::replay {
namespace {

using enum devices::conduct;

request_text served_put(session& s, std::string body) {
  auto made = s.ask().plain({"corner", "S_1", "gains", "\"PUT\""});
  made.body = std::move(body);
  return made;
}

request_text by_uri(session& s, const std::string& to, const char* method) {
  auto made = s.ask().plain({"corner", "GW_1", "x", method});
  made.options.push_back("\"proxy_uri\":\"" + to + '"');
  return made;
}

constexpr std::size_t plenty = 1U << 20U;

/// Plays requests and answers that are larger than a broker accepts.
void exceed_brokers(session& s) {
  s.others().take_it(well);
  s.take_at_most("site", 300);
  const auto large = served_put(s, '"' + std::string(200, 'x') + '"');
  s.request(large);
  s.request(large);
  s.request(served_put(s, "1"));
  s.take_at_most("site", plenty);
  s.take_at_most("lab", 400);
  s.request(s.ask().plain({"corner", "GW_1", ".well-known/core"}));
  s.request(s.ask().plain({"corner", "GW_1", "gains"}));
  s.take_at_most("lab", 200);
  s.request(s.ask().plain({"corner", "GW_1", "gains"}));
  s.take_at_most("lab", plenty);
}

/// Plays the same with a link that accepts such messages first and fails later.
void exceed_brokers_later(session& s) {
  constexpr auto later = memory_broker::refusal::later;
  const std::string body = '"' + std::string(9000, 'x') + '"';
  s.others().take_it(well);
  auto stored = s.ask().plain({"corner", "GW_1", "gains", "\"PUT\""});
  stored.body = body;
  s.request(stored);
  s.take_at_most("a", 7000, later);
  s.request(s.ask().plain({"corner", "GW_1", "gains"}));
  s.take_at_most("a", plenty);
  s.request(s.ask().plain({"corner", "GW_1", "gains"}));
  auto forwarded = by_uri(s, "S_5/axuv/x", "\"PUT\"");
  forwarded.body = body;
  s.take_at_most("b", 7000, later);
  s.request(forwarded);
  s.request(forwarded);
  s.take_at_most("b", plenty);
  s.request(forwarded);
}

/// Plays a write whose answer arrives too late, and its repeats before and after that.
void answer_late(session& s) {
  s.others().take_it(late);
  const auto write = served_put(s, "[1]");
  s.request(write);
  s.elapse(3000);
  s.request(write);
  s.elapse(4000);
  s.request(write);
  auto spelled = write;
  spelled.id.insert(8, "-");
  s.request(spelled);
  s.elapse(1000);
}

void wait_unread(session& s) {
  s.others().take_it(well);
  for (const std::int64_t ms : {500, 1500, 4000}) {
    auto patient = s.ask().plain({"corner", "GW_1", "gains", "\"PUT\""});
    patient.body = "[2]";
    auto hurried = s.ask().plain({"corner", "GW_1", "gains", "\"PUT\""});
    hurried.body = "[3]";
    hurried.options.emplace_back("\"timeout_ms\":700");
    const auto forwarded = served_put(s, "3");
    auto forwarded_hurried = served_put(s, "4");
    forwarded_hurried.options.emplace_back("\"timeout_ms\":1600");
    s.suspend({patient, hurried, forwarded, forwarded_hurried}, ms);
    s.elapse(100);
    s.request(hurried);
  }
}

/// Plays requests on a connection that a reload replaces: the connection with the old settings
/// ends after 5 s.
void replace_connection(session& s) {
  s.others().take_it(silent);
  s.request(by_uri(s, "SLOW_1/axuv/a", "\"PUT\""));
  s.request(by_uri(s, "SLOW_1/axuv/b", "\"GET\""));
  const auto write = served_put(s, "5");
  s.request(write);
  s.reload("after.yaml");
  s.request(write);
  s.elapse(2000);
  s.request(served_put(s, "6"));
  s.elapse(2900);
  s.elapse(200);
  s.others().take_it(well);
  s.request(served_put(s, "7"));
  s.elapse(9000);
  s.reload("before.yaml");
  s.elapse(6000);
}

/// Plays the order of a queue, and what each request in it waits for.
void wait_in_queue(session& s) {
  s.others().take_it(silent);
  for (int i = 0; i < 5; ++i) {
    auto one = by_uri(s, "D_1/axuv/q" + std::to_string(i), i % 2 == 0 ? "\"GET\"" : "\"POST\"");
    one.options.push_back("\"timeout_ms\":" + std::to_string(1900 - 300 * i));
    s.request(one);
    s.elapse(50);
  }
  s.others().take_it(well);
  for (int i = 0; i < 10; ++i) s.elapse(200);
}

}  // namespace

void play_corners(session& s) {
  constexpr std::int64_t end_of_root = 101'000;  // from then on, the value of its expression is not a number
  s.load("before.yaml");
  s.request(s.ask().plain({"corner", "GW_1", "root"}));
  exceed_brokers(s);
  answer_late(s);
  wait_unread(s);
  wait_in_queue(s);
  replace_connection(s);
  s.elapse(end_of_root);
  s.request(s.ask().plain({"corner", "GW_1", "root"}));
  s.request(s.ask().plain({"corner", "GW_1", "ramp"}));
  s.drain();
  s.abandon();
}

void play_mute_bridge(session& s) {
  s.load("bridged.yaml");
  exceed_brokers_later(s);
  s.bridge("a", "b", "gf_int_v1/");
  s.others().take_it(silent);
  for (const char* method : {"\"PUT\"", "\"GET\"", "\"POST\""}) {
    s.request(s.ask().plain({"corner", "D_3", "gains", method}));
    s.elapse(2500);
  }
  s.others().take_it(late);
  const auto write = s.ask().plain({"corner", "D_3", "gains", "\"PUT\""});
  s.request(write);
  s.request(write);
  s.elapse(6500);
  s.request(write);
  s.others().take_it(well);
  for (const char* method : {"\"PUT\"", "\"GET\""})
    s.request(s.ask().plain({"corner", "D_3", "gains", method}));
  s.request(s.ask().plain({"document", "GW_1", ".gw/status"}));
  s.drain();
  s.abandon();
}

}  // namespace mqcoap::replay
