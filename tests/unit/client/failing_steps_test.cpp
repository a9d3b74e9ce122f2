#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <mqcoap/client/client.hpp>
#include <mqcoap/client/client_environment.hpp>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/scarce_memory.hpp"
#include "support/stepwise_link.hpp"

using namespace mqcoap;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using test::scarce_memory;
using test::stepwise_link;

namespace {

/// The step of a client's operation that fails.
enum class way_step { allocation, publish, subscribe, timer };

/// An environment whose clock and alarms are moved by the test; setting an alarm can fail.
struct hand_environment final : client_environment {
  struct hand_alarm final : mqcoap::alarm {
    hand_environment& of;
    const std::function<void()> ring;
    steady_time when = steady_time::max();

    hand_alarm(hand_environment& e, std::function<void()> r) : of(e), ring(std::move(r)) {
      of.alarms.push_back(this);
    }
    ~hand_alarm() override { std::erase(of.alarms, this); }
    void wake_at(steady_time w) override {
      if (w != steady_time::max() && of.setting.next()) throw std::bad_alloc();
      when = w;
    }
  };

  manual_clock clocks;
  test::failing_step setting;
  stepwise_link* made = nullptr;  ///< the newest link of the client
  std::vector<hand_alarm*> alarms;

  hand_environment() { alarms.reserve(64); }

  std::unique_ptr<mqcoap::link> make_link(const executor&, const link_options&) override {
    auto one = std::make_unique<stepwise_link>("lab");
    made = one.get();
    return one;
  }
  const mqcoap::clock& time() const noexcept override { return clocks; }
  std::unique_ptr<mqcoap::alarm> make_alarm(const executor&, std::function<void()> ring) override {
    return std::make_unique<hand_alarm>(*this, std::move(ring));
  }
  /// Returns an alarm that is due, or null.
  hand_alarm* next_due() {
    const auto due = [this](const hand_alarm* a) { return a->when <= clocks.now(); };
    const auto at = std::find_if(alarms.begin(), alarms.end(), due);
    return at == alarms.end() ? nullptr : *at;
  }
};

client_options of_tag(const std::string& tag) {
  client_options options;
  options.broker.client_id = "me";
  if (!tag.empty()) options.tag = *device_tag::parse(tag);
  return options;
}

/// A client on a link that is controlled by the test, one of whose steps fails.
struct way_of_client {
  asio::io_context loop;
  const std::shared_ptr<hand_environment> in = std::make_shared<hand_environment>();
  std::optional<client> tested;
  way_step what;
  int which;
  bool failed_loop = false;    ///< an exception left the event loop, as Asio allows
  bool failed_caller = false;  ///< the function that starts an operation threw, and the
                               ///< operation did not start
  std::vector<error_code> ended;
  request_id_generator ids;

  way_of_client(way_step w, int k, const std::string& tag = {})
      : tested(client(loop, with_log(of_tag(tag)), in)), what(w), which(k) {
    ended.reserve(16);
  }
  way_of_client(const way_of_client&) = delete;
  ~way_of_client() {
    recover();
    tested.reset();
    run_loop();
  }

  /// Adds a log that asks the client for its outage, as a user's may.
  client_options with_log(client_options options) {
    options.broker.log = [this](log_level, std::string_view) {
      try {
        if (tested) static_cast<void>(tested->outage());
      } catch (const std::bad_alloc&) {
        // The copy of the outage needs memory.
      }
    };
    return options;
  }

  stepwise_link& link() { return *in->made; }
  auto noting() {
    return [this](error_code ec, const auto&...) { ended.push_back(ec); };
  }
  /// Makes a step fail from now on.
  void begin_failing() {
    is_failing_ = true;
    if (what == way_step::publish) link().publishing.fail(which);
    if (what == way_step::subscribe) link().subscribing.fail(which);
    if (what == way_step::timer) in->setting.fail(which);
  }
  /// Stops all failures.
  void recover() {
    is_failing_ = false;
    in->setting.fail(-1);
    if (in->made == nullptr || !tested) return;
    link().publishing.fail(-1);
    link().subscribing.fail(-1);
  }
  bool failed() {
    switch (what) {
      case way_step::allocation: return memory_failed_;
      case way_step::publish: return link().publishing.has_failed();
      case way_step::subscribe: return link().subscribing.has_failed();
      case way_step::timer: return in->setting.has_failed();
    }
    return false;
  }

  void run_loop() {
    for (bool again = true; again;) try {
        again = false;
        loop.restart();
        loop.poll();
      } catch (const std::bad_alloc&) {
        failed_loop = again = true;
      }
  }
  /// Runs one part of an operation and what follows from it, in which an allocation may fail.
  template <class Part>
  void go(Part part) {
    const auto whole = [&] {
      try {
        part();
      } catch (const std::bad_alloc&) {
        failed_caller = true;
      }
      run_loop();
    };
    if (!is_failing_ || what != way_step::allocation || memory_failed_) return whole();
    {
      const auto now = scarce_memory::lacking_one(memory_left_);
      whole();
    }
    memory_failed_ = scarce_memory::refused() > 0;
    memory_left_ = scarce_memory::left();
  }
  void confirm_all() {
    for (bool more = true; more;) go([&] { more = link().confirm_next(); });
  }
  void pass(std::chrono::seconds by) {
    in->clocks.advance(by);
    while (auto* const due = in->next_due()) {
      due->when = steady_time::max();
      go([&] { due->ring(); });
      confirm_all();
    }
  }
  void connect() {
    const auto done = ended.size();
    go([&] { tested->async_connect(noting()); });
    if (in->made != nullptr && !link().up()) go([&] { link().come_up(); });
    if (in->made != nullptr) confirm_all();
    if (ended.size() == done) pass(11s);
  }
  /// Sends a request, and continues until it is answered or its deadline has passed.
  void ask() {
    const auto before = link().count();
    const auto done = ended.size();
    request_spec spec("DEV/axuv/gains", method::put, json_text::from_value(7));
    go([&] { tested->async_request(std::move(spec), noting()); });
    confirm_all();
    // The effect of an alarm shows only if no answer arrives.
    const bool is_mute = is_failing_ && what == way_step::timer;
    if (link().count() > before && !is_mute) {
      const auto topic = link().topic(before);
      auto under = topic;
      under.replace(under.find("/request/"), 9, "/response/");
      const auto answer = R"({"header":{"response_code":204,"path":"gains","request_id":")" +
                          topic.substr(topic.rfind('/') + 1) + R"("},"body":7,"timestamp":"1"})";
      go([&] { link().bring(under, answer); });
    }
    if (ended.size() == done) pass(11s);
  }
  /// Lets another client send a request to the tested one. Returns the code of the answer; empty if
  /// there is none.
  std::string code_for_others() {
    const auto before = link().count();
    const std::string id(ids.next().text());
    const auto payload =
        R"({"header":{"method":"GET","path":"gains","request_id":")" + id + R"("},"timestamp":"1"})";
    go([&] { link().bring("gf_int_v1/axuv/request/ME/" + id, payload); });
    if (link().count() == before) return {};
    const auto& answered = link().payload(before);
    return answered.substr(answered.find("\"response_code\":") + 16, 3);
  }

 private:
  bool is_failing_ = false;
  int memory_left_ = which;
  bool memory_failed_ = false;
};

/// Returns true for the errors with which an operation may complete if one of its steps failed.
bool is_reported_as_failed(error_code ec) {
  return ec == boost::system::errc::not_enough_memory || ec == errc::queue_full || ec == errc::denied ||
         ec == errc::timed_out;
}

/// Runs an operation repeatedly, each time with the next of its allocations failing, until none fails.
/// @param least  the minimum number of its allocations
template <class Operation>
void fail_each_allocation(int least, Operation operation) {
  int which = 0;
  for (bool failed = true; failed; ++which) {
    CAPTURE(which);
    way_of_client w(way_step::allocation, which);
    w.connect();
    REQUIRE(w.ended.size() == 1);
    w.begin_failing();
    operation(w);
    failed = w.failed();
    const bool began = !w.failed_caller;
    w.recover();
    w.pass(11s);
    if (!w.failed_loop) {
      REQUIRE(w.ended.size() <= 2);
      CHECK((w.ended.size() == 2 || !began));
      CHECK((!w.ended.back() || is_reported_as_failed(w.ended.back())));
    }
    if (!failed) CHECK_FALSE(w.ended.back());
    const auto before = w.ended.size();
    operation(w);
    REQUIRE(w.ended.size() == before + 1);
    CHECK_FALSE(w.ended.back());
  }
  CHECK(which > least);
}

}  // namespace

TEST_CASE("whichever step of a client's request fails, it ends once, and the next one is answered") {
  for (const auto what : {way_step::allocation, way_step::publish, way_step::subscribe, way_step::timer}) {
    CAPTURE(what);
    int which = 0;
    int reported = 0;
    for (bool failed = true; failed; ++which) {
      CAPTURE(which);
      way_of_client w(what, which);
      w.connect();
      REQUIRE(w.ended.size() == 1);
      REQUIRE_FALSE(w.ended.front());
      w.begin_failing();
      w.ask();
      failed = w.failed();
      w.recover();
      w.pass(11s);
      if (!w.failed_loop && !w.failed_caller) {
        REQUIRE(w.ended.size() == 2);
        const auto ec = w.ended.back();
        CAPTURE(ec.message());
        CHECK((!ec || is_reported_as_failed(ec)));
        reported += ec ? 1 : 0;
      }
      CHECK(w.ended.size() <= 2);
      CHECK(w.tested->stats().pending == 0);
      const auto before = w.ended.size();
      w.ask();
      REQUIRE(w.ended.size() == before + 1);
      CHECK_FALSE(w.ended.back());
    }
    CHECK(reported >= (what == way_step::allocation ? 5 : 1));
    CHECK(which > 1);
  }
}

TEST_CASE("if any allocation fails while a device connects, it still receives requests afterwards") {
  int which = 0;
  for (bool failed = true; failed; ++which) {
    CAPTURE(which);
    way_of_client w(way_step::allocation, which, "ME");
    w.begin_failing();
    w.connect();
    failed = w.failed();
    const bool began = !w.failed_caller;
    w.recover();
    if (!w.failed_loop) REQUIRE(w.ended.size() == (began ? 1 : 0));
    if (!failed) CHECK_FALSE(w.ended.front());
    w.pass(11s);  // a request to the broker that could not be sent is retried
    w.connect();
    CHECK_FALSE(w.ended.back());
    CHECK(w.code_for_others() == "404");
  }
  CHECK(which > 10);
}

TEST_CASE("if any allocation fails when a connection is lost, its requests still end") {
  int which = 0;
  for (bool failed = true; failed; ++which) {
    CAPTURE(which);
    way_of_client w(way_step::allocation, which);
    w.connect();
    w.tested->async_request("DEV/axuv/gains", w.noting());
    w.run_loop();
    w.confirm_all();
    w.begin_failing();
    w.go([&] { w.link().go_down(); });
    failed = w.failed();
    w.recover();
    w.pass(11s);
    if (!w.failed_loop) {
      REQUIRE(w.ended.size() == 2);
      // If allocating the cause fails, the link reports nothing; the request then ends at its deadline.
      CHECK(w.ended.back() == (w.failed_caller ? errc::timed_out : errc::connection_lost));
    }
    CHECK(w.tested->stats().pending == 0);
    w.run_loop();
    w.link().come_up();
    w.ask();
    CHECK_FALSE(w.ended.back());
  }
  CHECK(which > 1);
}

TEST_CASE("if any allocation fails, a client's other operations complete once, and the next one succeeds") {
  const general_topic hot(default_namespace(), *subsystem_name::parse("axuv"), general_topic::kind::event,
                          *device_tag::parse("ME"), *resource_path::parse("hot"));
  SUBCASE("publish") {
    fail_each_allocation(3, [&](way_of_client& w) {
      w.go([&] { w.tested->async_publish(hot, json_text::from_value(1), false, w.noting()); });
      w.go([&] { w.link().report_written(); });
    });
  }
  SUBCASE("subscribe") {
    fail_each_allocation(3, [&](way_of_client& w) {
      w.go([&] { w.tested->async_subscribe(general_filter(), w.noting()); });
      w.confirm_all();
    });
  }
  SUBCASE("batch") {
    fail_each_allocation(3, [&](way_of_client& w) {
      // The device does not answer, so the requests end at their deadlines.
      w.go([&] { w.tested->async_batch({"DEV/axuv/a", "DEV/axuv/b"}, w.noting()); });
      w.confirm_all();
      w.pass(11s);
    });
  }
}

TEST_CASE(
    "if any allocation fails when an event arrives, the waiting operation receives it or the next one") {
  const auto event = [](int n) {
    return R"({"header":{},"body":)" + std::to_string(n) + R"(,"timestamp":"1"})";
  };
  const std::string topic = "gf_int_v1/axuv/event/DEV/hot";
  int which = 0;
  for (bool failed = true; failed; ++which) {
    CAPTURE(which);
    way_of_client w(way_step::allocation, which);
    w.connect();
    std::optional<subscription_id> hot;
    w.go([&] {
      w.tested->async_subscribe(general_filter(), [&](error_code, subscription_id id) { hot = id; });
    });
    w.confirm_all();
    REQUIRE(hot);
    std::vector<std::string> received;
    std::uint64_t lost = 0;
    const auto receive = [&] {
      w.go([&] {
        w.tested->async_receive(*hot, [&](error_code ec, const general_message& m) {
          REQUIRE_FALSE(ec);
          received.emplace_back(m.payload.body.text());
          lost += m.lost;
        });
      });
    };
    received.reserve(8);
    receive();
    receive();
    w.begin_failing();
    w.go([&] { w.link().bring(topic, event(1)); });
    w.go([&] { w.link().bring(topic, event(2)); });
    failed = w.failed();
    w.recover();
    w.pass(2s);
    if (w.failed_loop) continue;  // the completion itself had no memory
    // What was stored has been received without another event.
    const auto arrived = received.size();
    CHECK(arrived >= 1);
    if (!failed) CHECK(arrived == 2);
    w.go([&] { w.link().bring(topic, event(3)); });
    if (arrived == 2) receive();
    using strings = std::vector<std::string>;
    const auto all = {strings{"1", "2", "3"}, strings{"1", "3"}, strings{"2", "3"}};
    CHECK(std::find(all.begin(), all.end(), received) != all.end());
    CHECK(lost <= 3 - received.size());
  }
  CHECK(which > 3);
}
