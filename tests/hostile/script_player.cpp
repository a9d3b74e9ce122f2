#include "script_player.hpp"

#include <mosquitto.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

namespace mqcoap::test {
namespace {

using bench::packet_type;
using kind = connection_fault::kind;
using manner = hostile_broker::manner;

const std::map<std::string_view, packet_type>& packet_types() {
  static const std::map<std::string_view, packet_type> all{
      {"CONNECT", packet_type::connect},         {"PUBLISH", packet_type::publish},
      {"PUBACK", packet_type::puback},           {"SUBSCRIBE", packet_type::subscribe},
      {"UNSUBSCRIBE", packet_type::unsubscribe}, {"PINGREQ", packet_type::pingreq},
      {"DISCONNECT", packet_type::disconnect}};
  return all;
}

const std::map<std::string_view, kind>& kinds() {
  static const std::map<std::string_view, kind> all{{"no_answer", kind::no_answer},
                                                    {"hung_up", kind::hung_up},
                                                    {"version_refused", kind::version_refused},
                                                    {"bad_credentials", kind::bad_credentials},
                                                    {"not_authorized", kind::not_authorized},
                                                    {"refused", kind::refused},
                                                    {"closed", kind::closed},
                                                    {"client_id_taken", kind::client_id_taken},
                                                    {"packet_too_large", kind::packet_too_large},
                                                    {"rights_withdrawn", kind::rights_withdrawn},
                                                    {"disconnected", kind::disconnected},
                                                    {"given_up", kind::given_up}};
  return all;
}

std::string bytes_of(const std::vector<std::string>& words, std::size_t from) {
  std::string bytes;
  for (auto i = from; i < words.size(); ++i) bytes += static_cast<char>(std::stoul(words[i], nullptr, 16));
  return bytes;
}

/// Returns everything from the word `from` on.
std::string text_of(const std::vector<std::string>& words, std::size_t from) {
  std::string text;
  for (auto i = from; i < words.size(); ++i) text += (text.empty() ? "" : " ") + words[i];
  return text;
}

unsigned char byte_in(const std::vector<std::string>& words, std::size_t at, unsigned char otherwise) {
  return at < words.size() ? static_cast<unsigned char>(number_in(words[at])) : otherwise;
}

/// Changes a packet as the words describe; see README.md.
std::string changed(std::string packet, const std::vector<std::string>& how) {
  const auto& verb = how.at(0);
  if (verb == "keep") return packet.substr(0, number_in(how.at(1)));
  if (verb == "drop") return packet.substr(0, packet.size() - number_in(how.at(1)));
  if (verb == "add") return packet + bytes_of(how, 1);
  if (verb == "twice") return packet + packet;
  if (verb == "first") return packet.replace(0, 1, bytes_of(how, 1));
  if (verb == "claims")
    return framed(static_cast<unsigned char>(packet[0]), packet.substr(2), number_in(how.at(1)));
  if (verb == "at") return packet.replace(number_in(how.at(1)), 1, bytes_of(how, 2));
  throw std::invalid_argument("there is no change '" + verb + "'");
}

/// Returns true if a step is for the version of libmosquitto that is running.
bool applies(const script_step& step) {
  library_version running{};
  mosquitto_lib_version(&running[0], &running[1], &running[2]);
  return running >= step.since && (step.before == library_version{} || running < step.before);
}

[[noreturn]] void fail(const std::string& why) { throw std::runtime_error(why); }

}  // namespace

script_player::script_player(const script& played, std::string_view who)
    : script_(played), stage_(who, played.options), who_(who) {}

std::string script_player::play() {
  stage_.hostile.behave(manner::by_hand);
  stage_.start();
  std::string where = "at the start";
  try {
    for (const auto& step : script_.steps) {
      where = "line " + std::to_string(step.line) + ", " + step.text();
      if ((step.only.empty() || step.only == who_) && applies(step)) run(step.words);
    }
    where = "at the end";
    recover();
  } catch (const std::exception& e) {
    return where + ": " + e.what();
  }
  return {};
}

template <class Condition>
void script_player::until(Condition condition, const std::string& what) {
  if (!stage_.run_until(condition)) fail(what);
}

void script_player::run(const words& step) {
  const auto& verb = step[0];
  if (verb == "ask") return stage_.tested->ask();
  if (verb == "elapse") {
    stage_.tested->elapse(std::chrono::seconds(number_in(step.at(1))));
    return stage_.poll();
  }
  if (verb == "up" || verb == "down" || verb == "outcome") return expect(step);
  run_broker(step);
}

void script_player::run_broker(const words& step) {
  const auto& verb = step[0];
  if (verb == "await") return await(step.at(1));
  if (verb == "send") return send(step);
  if (verb == "close") return stage_.hostile.end(hostile_broker::ending::close);
  if (verb == "reset") return stage_.hostile.end(hostile_broker::ending::reset);
  if (verb == "polite") return stage_.hostile.behave(manner::polite);
  if (verb == "by_hand") return stage_.hostile.behave(manner::by_hand);
  if (verb != "welcome") fail("there is no such step");
  stage_.hostile.behave(manner::polite);
  if (const auto wrong = stage_.welcome(); !wrong.empty()) fail(wrong);
  stage_.hostile.behave(manner::by_hand);
  stage_.hostile.take_all();
  ups_ = stage_.tested->ups;
}

void script_player::expect(const words& step) {
  if (step[0] == "outcome") return await_outcome(step.at(1));
  if (step[0] == "down") return await_down(step.at(1));
  ++ups_;
  until([&] { return stage_.tested->ups >= ups_; }, "the link does not come up");
}

void script_player::await(const std::string& type) {
  const auto& known = packet_types();
  const auto found = known.find(type);
  if (found == known.end()) fail("there is no such packet");
  const hostile_broker::heard_packet* heard = nullptr;
  until([&] { return (heard = stage_.hostile.take(found->second)) != nullptr; }, "it does not come");
  if (found->second == packet_type::publish) publish_ = *heard;
  if (found->second == packet_type::subscribe) subscribe_ = *heard;
}

void script_player::await_down(const std::string& expected) {
  ++downs_;
  until([&] { return stage_.tested->downs >= downs_; }, "the link does not go down");
  const auto known = kinds().find(expected);
  if (known == kinds().end()) fail("there is no such cause");
  if (!stage_.tested->why.is(known->second)) fail("the cause is: " + stage_.tested->why.message());
}

void script_player::await_outcome(const std::string& expected) {
  const auto at = outcomes_++;
  auto& outcomes = stage_.tested->outcomes;
  until([&] { return outcomes.size() > at; }, "there is no outcome");
  if (outcomes[at] != (expected == "good" ? stage_.tested->good_outcome() : expected))
    fail("the outcome is " + outcomes[at]);
}

void script_player::recover() {
  auto& tested = *stage_.tested;
  stage_.hostile.behave(manner::polite);
  if (const auto wrong = stage_.welcome(); !wrong.empty()) fail(wrong);
  tested.elapse(std::chrono::minutes(1));
  stage_.poll();
  if (tested.outcomes.size() > outcomes_) fail("nobody expects the outcome " + tested.outcomes.back());
  if (tested.downs > downs_) fail("the link was lost once more: " + tested.why.message());
  if (const auto harm = stage_.harm(); !harm.empty()) fail(harm);
}

/// Executes `send PACKET ARGUMENTS / CHANGE / CHANGE`.
void script_player::send(const words& step) {
  std::vector<words> parts(1);
  for (auto word = step.begin() + 1; word != step.end(); ++word)
    *word == "/" ? void(parts.emplace_back()) : parts.back().push_back(*word);
  auto packet = make(parts[0]);
  bool in_pieces = false;
  for (auto change = parts.begin() + 1; change != parts.end(); ++change)
    change->at(0) == "piecewise" ? void(in_pieces = true)
                                 : void(packet = changed(std::move(packet), *change));
  if (!in_pieces) return stage_.hostile.send(packet);
  for (const char byte : packet) {
    stage_.hostile.send({&byte, 1});
    stage_.poll();
  }
}

std::string script_player::make(const words& packet) const {
  const auto& what = packet.at(0);
  const auto packets = stage_.hostile.packets();
  const auto version = stage_.hostile.v5() ? bench::mqtt_version::v5 : bench::mqtt_version::v311;
  if (what == "CONNACK") return packets.connack(byte_in(packet, 1, 0), bytes_of(packet, 2));
  if (what == "SUBACK") return make_suback({packet.begin() + 1, packet.end()});
  if (what == "UNSUBACK") return packets.unsuback(static_cast<std::uint16_t>(number_in(packet.at(1))), 1);
  if (what == "PINGRESP") return broker_packets::pingresp();
  if (what == "DISCONNECT") return broker_packets::disconnect(byte_in(packet, 1, 0));
  if (what == "bytes") return bytes_of(packet, 1);
  if (what == "PUBLISH") return packets.publish(packet.at(1), text_of(packet, 2));
  if (what == "PUBLISH1") return packets.publish(packet.at(1), text_of(packet, 2), 1);
  if (what == "PUBREC" || what == "PUBREL" || what == "PUBCOMP")
    return packets.acknowledgement(what == "PUBREC"   ? 0x50
                                   : what == "PUBREL" ? 0x62
                                                      : 0x70,
                                   static_cast<std::uint16_t>(number_in(packet.at(1))));
  const auto requested = bench::parse_publish(publish_.flags, publish_.body, version);
  if (what == "PUBACK" && packet.size() > 2)
    return packets.acknowledgement(0x40, static_cast<std::uint16_t>(number_in(packet.at(2))),
                                   byte_in(packet, 1, 0));
  if (!requested) fail("no PUBLISH was awaited");
  if (what == "PUBACK") return packets.acknowledgement(0x40, requested->packet_id, byte_in(packet, 1, 0));
  if (what == "ANSWER")
    return packets.publish(response_topic_of(requested->topic), make_answer(packet, requested->topic));
  fail("there is no such packet");
}

std::string script_player::make_answer(const words& packet, std::string_view topic) const {
  if (packet.size() == 1) return stage_.tested->answer_to(topic);
  if (packet[1] == "large") return std::string(2 * script_.options.max_inbound, ' ');
  return text_of(packet, 1);
}

/// Builds a SUBACK from `[id N] [CODE ...]`; without codes, everything is granted.
std::string script_player::make_suback(words numbers) const {
  const auto version = stage_.hostile.v5() ? bench::mqtt_version::v5 : bench::mqtt_version::v311;
  const auto requested = bench::parse_subscribe(subscribe_.body, version);
  if (!requested) fail("no SUBSCRIBE was awaited");
  auto id = requested->packet_id;
  if (!numbers.empty() && numbers[0] == "id") {
    id = static_cast<std::uint16_t>(number_in(numbers.at(1)));
    numbers.erase(numbers.begin(), numbers.begin() + 2);
  }
  std::string codes;
  if (numbers.empty()) codes.assign(requested->filters.size(), '\0');
  for (const auto& each : numbers)
    if (each != "none") codes += static_cast<char>(number_in(each));
  return stage_.hostile.packets().suback(id, codes);
}

}  // namespace mqcoap::test
