#include <doctest/doctest.h>

#include <mqcoap/gateway/gateway.hpp>
#include <new>
#include <string>

#include "support/scarce_memory.hpp"
#include "support/stepwise_link.hpp"

using namespace mqcoap;
using namespace std::chrono_literals;
using test::scarce_memory;
using test::stepwise_link;

namespace {

/// The step of a proxied request that fails.
enum class way_step { allocation, request, answer, subscribe, timer };

/// An alarm that the test rings if it was set; setting it can fail.
struct failing_alarm final : alarm {
  test::failing_step setting;
  steady_time when = steady_time::max();
  void wake_at(steady_time w) override {
    if (setting.next()) throw std::bad_alloc();
    when = w;
  }
};

gateway_options one_route() {
  gateway_options made{80, default_namespace(), {}, {}, {}, {}};
  made.devices.push_back({*device_tag::parse("GW_1"), {}, {}, {}});
  auto& route = made.proxy.routes.emplace_back();
  route.name = "field";
  route.match.tags = {"DEV_*"};
  route.serve = true;
  route.to.broker = "field";
  route.timeout = 4s;
  return made;
}

/// A gateway whose callers and devices are on two brokers, which fail at one step.
struct way_of_request {
  manual_clock time;
  failing_alarm wake;
  stepwise_link front{"front"};
  stepwise_link field{"field"};
  request_id_generator ids;
  gateway tested{one_route(), {&front, &field}, time, wake, hooks()};
  way_step what;
  int which;

  way_of_request(way_step w, int k) : what(w), which(k) {
    tested.start();
    front.come_up();
    field.come_up();
    while (front.confirm_next()) continue;
    if (what == way_step::request) field.publishing.fail(which);
    if (what == way_step::answer) front.publishing.fail(which);
    if (what == way_step::subscribe) field.subscribing.fail(which);
    if (what == way_step::timer) wake.setting.fail(which);
  }

  static gateway_hooks hooks() {
    gateway_hooks made;
    made.notice = [](log_level, std::string_view) {};
    made.log = [](const request_record&) {};
    return made;
  }
  /// Runs one part of a request's way, in which an allocation may fail.
  template <class Part>
  void go(Part part) {
    if (what != way_step::allocation || recovered_ || memory_failed_) return part();
    const auto before = memory_left_;
    {
      const auto now = scarce_memory::lacking_one(before);
      part();
    }
    memory_failed_ = scarce_memory::refused() > 0;
    memory_left_ = scarce_memory::left();
  }
  bool failed() const {
    switch (what) {
      case way_step::allocation: return memory_failed_;
      case way_step::request: return field.publishing.has_failed();
      case way_step::answer: return front.publishing.has_failed();
      case way_step::subscribe: return field.subscribing.has_failed();
      case way_step::timer: return wake.setting.has_failed();
    }
    return false;
  }
  /// Sends a request, and continues until it is answered or its deadline has passed.
  void ask() {
    const std::string id(ids.next().text());
    const auto topic = "gf_int_v1/axuv/request/DEV_1/" + id;
    const auto request =
        R"({"header":{"method":"PUT","path":"gains","request_id":")" + id + R"("},"body":1,"timestamp":"1"})";
    const auto sent = field.count();
    const auto answered = front.count();
    go([&] { front.bring(topic, request); });
    for (bool more = true; more;) go([&] { more = field.confirm_next(); });
    // The effect of an alarm shows only if no answer arrives.
    const bool is_mute = what == way_step::timer && !recovered_;
    if (field.count() > sent && !is_mute) {
      const auto requested = field.topic(sent);
      const auto answer = R"({"header":{"response_code":204,"path":"gains","request_id":")" +
                          requested.substr(requested.rfind('/') + 1) + R"("},"body":7,"timestamp":"1"})";
      auto under = requested;
      under.replace(under.find("/request/"), 9, "/response/");
      go([&] { field.bring(under, answer); });
    }
    if (front.count() > answered) return;
    pass(5s);
  }
  void pass(std::chrono::seconds by) {
    time.advance(by);
    while (wake.when <= time.now()) {
      wake.when = steady_time::max();
      go([&] { tested.on_alarm(); });
    }
  }
  /// Stops all failures.
  void recover() {
    recovered_ = true;
    for (auto* const step : {&front.publishing, &field.publishing, &field.subscribing, &wake.setting})
      step->fail(-1);
  }
  std::string code(std::size_t answer) const {
    const auto& payload = front.payload(answer);
    return payload.substr(payload.find("\"response_code\":") + 16, 3);
  }

 private:
  int memory_left_ = which;
  bool memory_failed_ = false;
  bool recovered_ = false;
};

}  // namespace

TEST_CASE("whichever step of a proxied request fails, it has one answer, and the next one is answered") {
  for (const auto what :
       {way_step::allocation, way_step::request, way_step::answer, way_step::subscribe, way_step::timer}) {
    CAPTURE(what);
    int which = 0;
    int unread = 0;
    for (bool failed = true; failed; ++which) {
      CAPTURE(which);
      way_of_request w(what, which);
      w.ask();
      failed = w.failed();
      w.recover();
      if (w.front.count() == 0 && failed) {
        // An answer that the link rejects is lost, and a request that cannot be read is not answered. An
        // alarm that could not be set is set when the next message arrives.
        w.ask();
        w.pass(5s);
        unread += w.front.count() == 1 ? 1 : 0;
      }
      REQUIRE(w.front.count() >= 1);
      CHECK(w.front.count() <= 2);
      for (std::size_t i = 0; i < w.front.count(); ++i) {
        const auto code = w.code(i);
        CAPTURE(code);
        const bool may_fail = failed || what == way_step::timer;
        CHECK((code == "204" || (may_fail && (code == "503" || code == "500" || code == "504"))));
      }
      CHECK(w.tested.in_flight() == 0);
      CHECK(w.tested.whole_load().in_flight + w.tested.whole_load().waiting == 0);
      const auto before = w.front.count();
      w.ask();
      REQUIRE(w.front.count() == before + 1);
      CHECK(w.code(before) == "204");
    }
    CHECK(unread <= (what == way_step::allocation || what == way_step::answer ? 1 : 0));
    CHECK(which > 1);
  }
}
