#include "plays.hpp"

#include "corners.hpp"

namespace mqcoap::replay {
namespace {

using r = requests;
using enum devices::conduct;

const session::mix& to_resources() {
  static const session::mix kinds{
      &r::get,         &r::get,         &r::get,         &r::put,       &r::put,    &r::put,
      &r::put,         &r::post,        &r::post,        &r::post,      &r::erase,  &r::missing,
      &r::conditional, &r::conditional, &r::conditional, &r::discovery, &r::repeat, &r::document};
  return kinds;
}

const session::mix& with_faults() {
  static const session::mix kinds{
      &r::strange_method, &r::strange_option, &r::strange_option, &r::strange_id,      &r::strange_header,
      &r::strange_header, &r::strange_body,   &r::strange_body,   &r::strange_payload, &r::strange_path,
      &r::strange_topic,  &r::large,          &r::retained,       &r::repeat};
  return kinds;
}

const session::mix& to_devices() {
  static const session::mix kinds{&r::by_uri, &r::by_uri, &r::by_path, &r::mounted,    &r::mounted,
                                  &r::served, &r::served, &r::served,  &r::unroutable, &r::repeat};
  return kinds;
}

const session::mix& of_all_kinds() {
  static const session::mix kinds{&r::get,        &r::put,          &r::post,           &r::erase,
                                  &r::missing,    &r::conditional,  &r::discovery,      &r::by_uri,
                                  &r::by_path,    &r::mounted,      &r::served,         &r::served,
                                  &r::unroutable, &r::repeat,       &r::repeat,         &r::strange_method,
                                  &r::strange_id, &r::strange_body, &r::strange_option, &r::strange_payload,
                                  &r::with_source};
  return kinds;
}

void ask_documents(session& s, const char* tag) {
  for (const char* path : {".gw/status", ".gw/devices", ".gw/brokers", ".gw/config", ".well-known/core"})
    s.request(s.ask().plain({"document", tag, path}));
}

/// Plays a broker that is lost while some requests wait and others are at a device, and that returns later.
void lose_broker(session& s, const std::string& broker) {
  s.others().take_it(silent);
  s.play(14, to_devices(), 0);
  s.elapse(300);
  s.down(broker);
  s.play(8, to_devices(), 100);
  s.others().take_it(by_dice);
  s.up(broker);
  s.play(14, to_devices(), 200);
  s.elapse(8000);
}

void refuse_subscriptions(session& s) {
  for (const char* broker : {"lab", "site", "far"}) {
    s.deny(broker, "gf_int_v1/+/response/D_1");
    s.deny(broker, "gf_int_v1/+/response/F_1");
    s.deny(broker, "b2_v1/+/response/S_2");
    s.ignore(broker, "gf_int_v1/+/response/D_2");
    s.ignore(broker, "b2_v1/+/response/S_1");
    s.down(broker);
    s.up(broker);
  }
  s.play(40, to_devices(), 600);
  s.elapse(5000);
  for (const char* broker : {"lab", "site", "far"}) {
    s.allow(broker);
    s.down(broker);
    s.up(broker);
  }
  s.play(15, to_devices(), 300);
  s.elapse(9000);
}

void limit_payloads(session& s) {
  s.others().take_it(well);
  s.take_at_most("site", 290);
  s.take_at_most("far", 240);
  s.play(20, to_devices(), 100);
  s.take_at_most("lab", 330);
  s.play(40, of_all_kinds(), 100);
  s.take_at_most("lab", 100);
  s.play(4, to_resources(), 0);
  for (const char* broker : {"lab", "site", "far"}) s.take_at_most(broker, 1U << 20U);
  s.others().take_it(by_dice);
}

/// Plays a rival that announces the same devices, and answers for them.
void meet_rivals(session& s) {
  constexpr std::int64_t minute = 60'000;  // longer than the random pause between two corrections
  const std::string topic = "gf_int_v1/gateway/system/GW_1/presence";
  for (const char* payload :
       {R"({"body":{"state":"OFFLINE","last_updated":"1"},"timestamp":"1"})", "",
        R"({"body":{"state":"ONLINE","last_updated":"1"},"timestamp":"1"})",
        R"({"body":{"state":"OFFLINE","last_updated":"1745536000000"},"timestamp":"1745536000000"})",
        "not JSON"}) {
    s.publish("lab", topic, payload, true);
    s.elapse(minute);
  }
  s.publish("lab", "gf_int_v1/axuv/response/GW_1/fa000000-00cd-4000-8000-999999999999", "anything");
  ask_documents(s, "GW_1");
}

/// Plays a busy device, its queue, and the limit for all devices.
void fill_queues(session& s) {
  s.others().take_it(silent);
  for (int i = 0; i < 6; ++i) {
    s.request(s.ask().mounted());
    s.request(s.ask().served());
    s.request(s.ask().by_path());
  }
  for (int i = 0; i < 5; ++i) {
    auto waits = s.ask().plain({"deadline", "S_1", "gains", i % 2 == 0 ? "\"PUT\"" : "\"GET\""});
    waits.options.push_back("\"timeout_ms\":" + std::to_string(300 + 400 * i));
    s.request(waits);
    s.request(s.ask().repeat());
  }
  s.elapse(200);
  s.play(5, {&r::repeat, &r::served}, 50);
  s.elapse(1000);
  s.elapse(1000);
  s.elapse(5000);
  s.others().take_it(by_dice);
}

/// Plays one write with so many spellings of its id that no further spelling is accepted.
void spell_id(session& s) {
  s.others().take_it(silent);
  auto first = s.ask().plain({"spelling", "S_1", "gains", "\"PUT\""});
  first.body = "[1]";
  s.request(first);
  for (std::size_t i = 0; i < 10; ++i) {
    auto again = first;
    again.id.insert(3 + 2 * i, "-");
    s.request(again);
  }
  s.elapse(3000);
  s.others().take_it(by_dice);
  s.request(first);
}

/// Plays requests that are in flight while one configuration after another is loaded.
void change_configurations(session& s) {
  for (const char* file :
       {"after.yaml", "before.yaml", "moved.yaml", "after.yaml", "moved.yaml", "before.yaml"}) {
    s.others().take_it(s.throws().chance(50) ? silent : by_dice);
    s.play(12, to_devices(), 10);
    s.reload(file);
    s.others().take_it(by_dice);
    s.play(20, of_all_kinds(), 0);
    s.play(20, of_all_kinds(), 300);
    s.elapse(6500);
    s.play(20, of_all_kinds(), 200);
    ask_documents(s, s.throws().chance(50) ? "GW_1" : "FWD_1");
  }
  s.elapse(6500);
}

void lie_unread(session& s) {
  for (const std::int64_t ms : {300, 900, 2500, 7000}) {
    s.play(5, to_devices(), 0);
    s.suspend(14, of_all_kinds(), ms);
    s.play(5, of_all_kinds(), 100);
  }
  s.elapse(8000);
}

void stop(session& s) {
  s.others().take_it(silent);
  s.play(4, to_devices(), 0);
  s.others().take_it(by_dice);
  s.play(10, to_devices(), 5);
  s.drain();
  s.play(3, of_all_kinds(), 0);
  s.elapse(700);
  s.abandon();
}

void play_main(session& s) {
  s.load("before.yaml");
  ask_documents(s, "GW_1");
  s.play(430, to_resources(), 30);
  s.play(420, with_faults(), 20);
  s.play(330, to_devices(), 400);
  ask_documents(s, "GW_1");
  fill_queues(s);
  spell_id(s);
  for (const char* broker : {"site", "lab", "far"}) lose_broker(s, broker);
  refuse_subscriptions(s);
  limit_payloads(s);
  meet_rivals(s);
  lie_unread(s);
  change_configurations(s);
  constexpr std::int64_t window = 300'000;
  s.elapse(window - 10'000);
  s.play(12, {&r::repeat}, 0);
  s.elapse(window);
  s.play(12, {&r::repeat}, 0);
  s.play(100, of_all_kinds(), 100);
  ask_documents(s, "GW_1");
  stop(s);
}

/// Plays short ids and missing timestamps, and another forward tag.
void play_lenient(session& s) {
  s.load("moved.yaml");
  for (const char* id : {"7", "a.b", "x_y", "-", "---"})
    for (const char* method : {"\"GET\"", "\"PUT\"", "\"PUT\""}) {
      auto short_id = s.ask().plain({"short id", id[0] == '7' ? "S_1" : "GW_2", "gains", method});
      short_id.id = id;
      short_id.body = "[" + std::to_string(short_id.id.size()) + "]";
      if (id[0] != 'a')
        short_id.payload = R"({"header":{"method":)" + short_id.method + R"(,"path":"gains","request_id":")" +
                           id + R"("},"body":[1]})";
      s.request(short_id);
    }
  s.play(130, of_all_kinds(), 150);
  s.play(60, with_faults(), 20);
  ask_documents(s, "FWD_1");
  stop(s);
}

void play_bridged(session& s) {
  s.load("bridged.yaml");
  s.play(20, of_all_kinds(), 200);
  s.bridge("a", "b", "gf_int_v1/");
  const session::mix kinds{&r::served, &r::mounted, &r::with_source, &r::by_uri, &r::repeat};
  for (int round = 0; round < 3; ++round) {
    s.others().take_it(round == 1 ? silent : by_dice);
    for (const char* tag : {"D_1", "D_2", "R_1", "S_1"})
      for (const char* method : {"\"GET\"", "\"PUT\""}) {
        s.request(s.ask().plain({"bridged", tag, "gains", method}));
        s.elapse(600);
      }
    s.play(25, kinds, 300);
    s.elapse(5000);
  }
  ask_documents(s, "GW_1");
  stop(s);
}

}  // namespace

void play_everything(const std::string& folder, record& out, kind_counts& counts) {
  struct part {
    void (*play)(session&);
    std::uint64_t seed;
    int first_id;
  };
  for (const auto& each :
       {part{play_main, 1, 1}, part{play_lenient, 2, 10'001}, part{play_bridged, 3, 20'001},
        part{play_corners, 4, 30'001}, part{play_mute_bridge, 5, 40'001}}) {
    out.forget_ids();
    session s(folder, out, counts, each.seed, each.first_id);
    each.play(s);
    out.finish();
  }
}

}  // namespace mqcoap::replay
