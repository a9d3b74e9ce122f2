#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <mqcoap/ask/request_sender.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mqcoap::test {

using namespace std::chrono_literals;

/// A link that the test controls: it confirms subscriptions on demand and stores sent messages.
struct hand_link final : ask::device_link {
  struct message {
    exchange_topic topic;
    std::string payload;
    sent_handler done;
  };
  bool is_up = true;
  bool follows = false;
  error_code refusal{};  ///< the result of sending
  std::vector<std::pair<std::string, subscribed_handler>> requested;
  std::vector<std::string> dropped;
  std::vector<message> sent;

  bool up() const noexcept override { return is_up; }
  void subscribe(std::string filter, subscribed_handler done) override {
    requested.emplace_back(std::move(filter), std::move(done));
  }
  void unsubscribe(std::string_view filter) override { dropped.emplace_back(filter); }
  error_code send(const exchange_topic& to, std::string_view payload, steady_time,
                  sent_handler done) override {
    if (!refusal) sent.push_back({to, std::string(payload), std::move(done)});
    return refusal;
  }
  bool is_followed(std::size_t) const noexcept override { return follows; }

  /// Lets the broker answer all pending subscriptions.
  void confirm(error_code ec = {}) {
    for (auto& [filter, done] : std::exchange(requested, {}))
      if (done) done(ec);
  }
};

/// The outcome of a request.
struct ended_request {
  std::string name;
  std::optional<response> answer{};
  ask::failure::cause why{};
  error_code error{};
  std::string message{};
  bool sent = false;
};

struct test_request final : ask::outgoing_request {
  std::string name;
  std::vector<ended_request>& ended;
  std::size_t places = 100;
  bool outlasts = false;
  std::string text = "{}";
  std::function<void()> at_end = [] {};

  test_request(std::string called, const request_id& id, steady_time deadline,
               std::vector<ended_request>& into)
      : outgoing_request(id, deadline), name(std::move(called)), ended(into) {}
  const subsystem_name& subsystem() const noexcept override { return in; }
  const resource_path& path() const noexcept override { return about; }

 private:
  std::size_t most_in_flight() const noexcept override { return places; }
  bool outlasts_outage() const noexcept override { return outlasts; }
  void encode(std::string& payload) override { payload += text; }
  void answered(response&& what) noexcept override {
    ended.push_back({name, std::move(what), {}, {}, {}, sent()});
    at_end();
  }
  void failed(const ask::failure& why) noexcept override {
    ended.push_back({name, {}, why.why, why.error, std::string(why.message), sent()});
    at_end();
  }

  subsystem_name in = *subsystem_name::parse("axuv");
  resource_path about = *resource_path::parse("gains");
};

struct ask_fixture : ask::request_sender_owner {
  manual_clock time;
  decode_rules rules;
  hand_link via;
  std::map<ask::fact, int> counted;
  int without_memory = 0;
  std::vector<ended_request> ended;
  request_id_generator ids{1};
  ask::request_sender tested{time, rules, *this};

  virtual ~ask_fixture() = default;
  void count(ask::fact what) noexcept override { ++counted[what]; }
  void on_no_memory() noexcept override { ++without_memory; }

  ask::device& device(const std::string& tag) {
    if (auto* const known = tested.find_device(tag)) return *known;
    return tested.add_device(
        tag, std::make_unique<ask::device>(tested, via, default_namespace(), *device_tag::parse(tag)));
  }
  /// Places a request. It is sent by `tested.send_next`.
  test_request& place(const std::string& name, const std::string& tag = "D_1",
                      std::chrono::milliseconds timeout = 1s) {
    auto made = std::make_unique<test_request>(name, ids.next(), time.now() + timeout, ended);
    auto& placed = *made;
    tested.place(device(tag), std::move(made));
    return placed;
  }
  test_request& ask(const std::string& name, const std::string& tag = "D_1") {
    auto& placed = place(name, tag);
    tested.send_next(device(tag));
    return placed;
  }
  /// Asks like `ask`, but after the subscription to the device's answers is confirmed.
  test_request& ask_confirmed(const std::string& name, const std::string& tag = "D_1") {
    device(tag);
    tested.on_link_up(via);
    via.confirm();
    return ask(name, tag);
  }
  static std::string answer_to(const request_id& id, const std::string& path = "gains") {
    return R"({"header":{"response_code":205,"path":")" + path + R"(","request_id":")" +
           std::string(id.text()) + R"("},"body":7,"timestamp":"1"})";
  }
  void answer(const std::string& topic, const std::string& payload) {
    tested.on_response(via, *exchange_topic::parse(topic), payload);
  }
  void answer(const request_id& id) {
    answer("gf_int_v1/axuv/response/D_1/" + std::string(id.text()), answer_to(id));
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& each : ended) all.push_back(each.name);
    return all;
  }
};

}  // namespace mqcoap::test
